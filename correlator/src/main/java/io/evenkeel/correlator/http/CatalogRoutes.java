// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.correlator.catalog.ChangeOutcome;
import io.evenkeel.correlator.catalog.NoSuchDefinitionException;
import io.evenkeel.correlator.http.Operation.Parameter;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Titles;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.Document;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** The part of the API that is about single definitions, and lists of them. */
final class CatalogRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    /** Present if a query that was put is outside the guarantee: why (N16). */
    static final String WEAKNESS = "Evenkeel-Weakness";

    private final CatalogStore store;
    private final ClusterView cluster;

    CatalogRoutes(CatalogStore store, ClusterView cluster) {
        this.store = store;
        this.cluster = cluster;
    }

    List<Operation> operations() {
        String events = "/api/v1/events";
        String queries = "/api/v1/queries";
        String instances = "/api/v1/queries/{name}/instances";
        Function<Context, Resource> event = context -> new EventTypeResource(context.pathParam("type"));
        Function<Context, Resource> query = context -> new QueryResource(context.pathParam("name"));
        Function<Context, Resource> instance =
                context -> new InstanceResource(context.pathParam("name"), context.pathParam("id"));
        return List.of(
                list(events, "listEventTypes", "event types").served(context -> list(context, EventTypeResource::all)),
                read(events + "/{type}", "readEventType").served(context -> read(context, event.apply(context))),
                put(events + "/{type}", "putEventType").served(context -> put(context, event.apply(context))),
                delete(events + "/{type}", "deleteEventType").served(context -> delete(context, event.apply(context))),
                list(queries, "listQueries", "queries").served(context -> list(context, QueryResource::all)),
                read(queries + "/{name}", "readQuery").served(context -> read(context, query.apply(context))),
                put(queries + "/{name}", "putQuery").served(context -> put(context, query.apply(context))),
                delete(queries + "/{name}", "deleteQuery").served(context -> delete(context, query.apply(context))),
                Operation.post(
                                "/api/v1/queries:check",
                                "check",
                                "Check and compile one or several documents; nothing changes.")
                        .body(Shape.DOCUMENTS)
                        .answers(200, Shape.CHECKED)
                        .fails(503)
                        .served(this::check),
                list(instances, "listInstances", "instances of a query")
                        .fails(404)
                        .served(this::listInstances),
                read(instances + "/{id}", "readInstance").served(context -> read(context, instance.apply(context))),
                put(instances + "/{id}", "putInstance").served(context -> put(context, instance.apply(context))),
                delete(instances + "/{id}", "deleteInstance")
                        .served(context -> delete(context, instance.apply(context))));
    }

    private static Operation list(String path, String id, String what) {
        return Operation.get(path, id, "All " + what + ", with versions; the ETag is that of the catalog.")
                .takes(Parameter.IF_NONE_MATCH, Parameter.CACHE_CONTROL, Parameter.LIMIT, Parameter.CURSOR)
                .answers(200, Shape.DEFINITIONS)
                .answers(304, Shape.NOTHING)
                .fails(400, 503);
    }

    private static Operation read(String path, String id) {
        return Operation.get(path, id, "One definition; its ETag changes with each version.")
                .takes(Parameter.IF_NONE_MATCH, Parameter.CACHE_CONTROL)
                .answers(200, Shape.DOCUMENT)
                .answers(304, Shape.NOTHING)
                .fails(404, 503);
    }

    private static Operation put(String path, String id) {
        return Operation.put(path, id, "Create or replace. When it answers, every live node runs it.")
                .takes(Parameter.IF_MATCH, Parameter.IF_NONE_MATCH)
                .body(Shape.DOCUMENT)
                .answers(200, Shape.DOCUMENT)
                .answers(201, Shape.DOCUMENT)
                .answers(204, Shape.NOTHING)
                .change();
    }

    private static Operation delete(String path, String id) {
        return Operation.delete(path, id, "Delete, unless something uses it. When it answers, no live node runs it.")
                .takes(Parameter.IF_MATCH, Parameter.CASCADE)
                .answers(204, Shape.NOTHING)
                .fails(404)
                .change();
    }

    private CatalogSnapshot snapshot(Context context) {
        String control = context.header(Header.CACHE_CONTROL);
        return control != null && control.contains("no-cache") ? store.latest() : store.current();
    }

    private void listInstances(Context context) {
        String query = context.pathParam("name");
        CatalogSnapshot snapshot = snapshot(context);
        if (!snapshot.queries().containsKey(query)) {
            throw new NoSuchDefinitionException(Titles.query(query));
        }
        list(context, snapshot, InstanceResource.all(snapshot, query));
    }

    private void list(Context context, Function<CatalogSnapshot, List<Resource>> all) {
        CatalogSnapshot snapshot = snapshot(context);
        list(context, snapshot, all.apply(snapshot));
    }

    private static void list(Context context, CatalogSnapshot snapshot, List<Resource> all) {
        ArrayNode array = JSON.createArrayNode();
        for (Resource resource : Page.of(context).of(context, all)) {
            Versioned<?> definition = requireNonNull(resource.find(snapshot));
            ObjectNode row = array.addObject();
            row.put("version", definition.version())
                    .put("revision", definition.revision())
                    .put("etag", resource.etag(snapshot));
            row.set("definition", resource.json(snapshot));
        }
        String text = array.toString();
        String hash = ChangeHeaders.hash(text.getBytes(StandardCharsets.UTF_8), new byte[0]);
        answer(context, "\"" + snapshot.revision() + "-" + hash.substring(0, 12) + "\"", array);
    }

    private void read(Context context, Resource resource) {
        CatalogSnapshot snapshot = snapshot(context);
        if (resource.find(snapshot) == null) {
            throw new NoSuchDefinitionException(resource.title());
        }
        answer(context, resource.etag(snapshot), resource.json(snapshot));
    }

    private void put(Context context, Resource resource) {
        Document document = DocumentBody.readOne(context, resource.title());
        if (!document.title().equals(resource.title())) {
            String message = "Expected " + resource.title() + " as in the path, but the body defines "
                    + document.title() + ". Correct one of them.";
            throw new DefinitionRefusedException(
                    resource.title(),
                    List.of(new Fault(document.source().line(resource.nameField()), resource.nameField(), message)));
        }
        ChangeStepBody step =
                new ChangeStepBody(CatalogChange.put(document), resource, Precondition.of(context), false);
        ChangeOutcome outcome = store.change(ChangeHeaders.request(context, step::on));
        ChangeHeaders.tell(context, outcome);
        if (resource.find(outcome.catalog()) == null) {
            // A repeat of a put that was made, and of which somebody has deleted what it made.
            context.status(204);
            return;
        }
        context.status(resource.find(outcome.before()) == null ? 201 : 200);
        context.header(Header.ETAG, resource.etag(outcome.catalog()));
        if (resource instanceof QueryResource query) {
            cluster.weaknesses(query.name()).forEach(weakness -> context.res().addHeader(WEAKNESS, weakness.text()));
        }
        write(context, resource.json(outcome.catalog()));
    }

    private void delete(Context context, Resource resource) {
        boolean cascade = Boolean.parseBoolean(context.queryParam("cascade"));
        ChangeStepBody step = new ChangeStepBody(null, resource, Precondition.of(context), cascade);
        ChangeOutcome outcome = store.change(ChangeHeaders.request(context, step::on));
        ChangeHeaders.tell(context, outcome);
        context.status(204);
    }

    private void check(Context context) {
        List<Document> documents = DocumentBody.read(context, "body");
        store.check(documents.stream().map(CatalogChange::put).toList());
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode titles = answer.putArray("checked");
        documents.forEach(document -> titles.add(document.title()));
        write(context, answer);
    }

    private static void answer(Context context, String etag, JsonNode body) {
        context.header(Header.ETAG, etag);
        context.header(Header.VARY, Header.ACCEPT);
        if (Precondition.of(context).unchanged(etag)) {
            context.status(304);
        } else {
            write(context, body);
        }
    }

    private static void write(Context context, JsonNode body) {
        String accept = context.header(Header.ACCEPT);
        if (accept != null && accept.contains("yaml")) {
            try {
                context.contentType("application/yaml").result(YAML.writeValueAsString(body));
            } catch (IOException e) {
                throw new IllegalStateException("Expected to write a tree as YAML, but that failed", e);
            }
        } else {
            context.contentType("application/json").result(body.toString());
        }
    }
}
