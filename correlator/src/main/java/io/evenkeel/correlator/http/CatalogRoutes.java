// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.Document;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/** The part of the API that is about definitions. */
final class CatalogRoutes {
    /** So often a change with a precondition is judged again when another change came in between. */
    private static final int MOST_TRIES = 20;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    private final CatalogStore store;

    CatalogRoutes(CatalogStore store) {
        this.store = store;
    }

    void install(RoutesConfig routes) {
        add(routes, "/api/v1/events/{type}", context -> new EventTypeResource(context.pathParam("type")));
        add(routes, "/api/v1/queries/{name}", context -> new QueryResource(context.pathParam("name")));
        add(
                routes,
                "/api/v1/queries/{name}/instances/{id}",
                context -> new InstanceResource(context.pathParam("name"), context.pathParam("id")));
        routes.get("/api/v1/events", context -> list(context, EventTypeResource.all(store.current())));
        routes.get("/api/v1/queries", context -> list(context, QueryResource.all(store.current())));
        routes.get("/api/v1/queries/{name}/instances", context -> {
            String query = context.pathParam("name");
            if (!store.current().queries().containsKey(query)) {
                throw missing("query " + query);
            }
            list(context, InstanceResource.all(store.current(), query));
        });
        routes.post("/api/v1/queries:check", this::check);
    }

    private interface Naming {
        Resource of(Context context);
    }

    private void add(RoutesConfig routes, String one, Naming naming) {
        routes.get(one, context -> read(context, naming.of(context)));
        routes.put(one, context -> put(context, naming.of(context)));
        routes.delete(one, context -> delete(context, naming.of(context)));
    }

    private void list(Context context, Collection<Resource> resources) {
        CatalogSnapshot snapshot = store.current();
        ArrayNode array = JSON.createArrayNode();
        for (Resource resource : resources) {
            Versioned<?> definition = resource.find(snapshot);
            if (definition != null) {
                ObjectNode row = array.addObject();
                row.put("version", definition.version()).put("revision", definition.revision());
                row.set("definition", resource.json(snapshot));
            }
        }
        answer(context, Precondition.etag(snapshot.revision()), array);
    }

    private void read(Context context, Resource resource) {
        CatalogSnapshot snapshot = store.current();
        Versioned<?> definition = resource.find(snapshot);
        if (definition == null) {
            throw missing(resource.title());
        }
        answer(context, Precondition.etag(definition), resource.json(snapshot));
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
        boolean existed = resource.find(store.current()) != null;
        CatalogSnapshot snapshot = change(resource, CatalogChange.put(document), Precondition.of(context));
        Versioned<?> definition = resource.find(snapshot);
        context.status(existed ? 200 : 201);
        if (definition != null) {
            context.header(Header.ETAG, Precondition.etag(definition));
        }
        write(context, resource.json(snapshot));
    }

    private void delete(Context context, Resource resource) {
        if (resource.find(store.current()) == null) {
            throw missing(resource.title());
        }
        change(resource, resource.delete(), Precondition.of(context));
        context.status(204);
    }

    private CatalogSnapshot change(Resource resource, CatalogChange change, Precondition precondition) {
        if (precondition.empty()) {
            return store.change(List.of(change), OptionalLong.empty());
        }
        ConflictException last = null;
        for (int i = 0; i < MOST_TRIES; i++) {
            CatalogSnapshot snapshot = store.current();
            precondition.require(resource.find(snapshot), resource.title());
            try {
                return store.change(List.of(change), OptionalLong.of(snapshot.revision()));
            } catch (ConflictException e) {
                // Some definition changed; not necessarily this one. The precondition decides on what is there now.
                last = e;
            }
        }
        throw java.util.Objects.requireNonNull(last);
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

    private static ProblemException missing(String title) {
        return new ProblemException(ProblemCode.NOT_FOUND, "Expected " + title + " to exist, but it does not.");
    }
}
