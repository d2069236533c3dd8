// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.correlator.catalog.NoSuchDefinitionException;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.catalog.Cascade;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of the changes in the body of {@code POST /api/v1/changes}, or what a request for a single definition is about.
 *
 * @param put      null: it is deleted
 * @param resource that is put or deleted
 * @param cascade  delete with all that uses it
 */
record ChangeStepBody(@Nullable CatalogChange put, Resource resource, Precondition precondition, boolean cascade) {
    private static final String NAME = "change of the catalog";
    private static final Set<String> FIELDS = Set.of("put", "delete", "ifMatch", "ifNoneMatch", "cascade");

    /** @throws DefinitionRefusedException with the faults of all of them */
    static List<ChangeStepBody> read(Context context) {
        JsonNode changes = DocumentBody.tree(context, NAME).path("changes");
        List<Fault> faults = new ArrayList<>();
        List<ChangeStepBody> steps = new ArrayList<>();
        if (!changes.isArray() || changes.isEmpty()) {
            faults.add(new Fault(0, "changes", "Expected a list with at least one put or delete."));
        }
        for (int i = 0; i < changes.size(); i++) {
            String path = "changes[" + i + "]";
            try {
                steps.add(step(changes.get(i)));
            } catch (DefinitionRefusedException e) {
                e.faults()
                        .forEach(fault -> faults.add(new Fault(
                                0, fault.field().isEmpty() ? path : path + "." + fault.field(), fault.message())));
            }
        }
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(NAME, faults);
        }
        return steps;
    }

    private static ChangeStepBody step(JsonNode node) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw refused(name, "Expected one of put, delete, ifMatch, ifNoneMatch, cascade.");
            }
        }
        if (node.has("put") == node.has("delete")) {
            throw refused("", "Expected either put with a definition, or delete with its name.");
        }
        Precondition precondition = new Precondition(text(node, "ifMatch"), text(node, "ifNoneMatch"));
        boolean cascade = node.path("cascade").asBoolean(false);
        if (node.has("delete")) {
            return new ChangeStepBody(null, named(node.get("delete")), precondition, cascade);
        }
        Document document;
        try {
            document = DocumentReader.readOne("put", node.get("put").toString());
        } catch (DefinitionRefusedException e) {
            throw new DefinitionRefusedException(
                    "change",
                    e.faults().stream()
                            .map(fault -> new Fault(
                                    0, fault.field().isEmpty() ? "put" : "put." + fault.field(), fault.message()))
                            .toList());
        }
        Resource resource = document.fold(
                type -> new EventTypeResource(type.eventType().name()),
                query -> new QueryResource(query.query().name()),
                instance -> new InstanceResource(
                        instance.id().query(), instance.id().name()));
        return new ChangeStepBody(CatalogChange.put(document), resource, precondition, cascade);
    }

    private static Resource named(JsonNode node) {
        String event = text(node, "event");
        String query = text(node, "query");
        String instance = text(node, "instance");
        if (event != null && query == null && instance == null) {
            return new EventTypeResource(event);
        }
        if (event == null && query != null) {
            return instance == null ? new QueryResource(query) : new InstanceResource(query, instance);
        }
        throw refused("delete", "Expected event, or query, or query and instance, each with a name.");
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }

    private static DefinitionRefusedException refused(String field, String message) {
        return new DefinitionRefusedException("change", List.of(new Fault(0, field, message)));
    }

    /** What is to be done, if the snapshot is as it is expected to be. */
    List<CatalogChange> on(CatalogSnapshot base) {
        precondition.require(resource, base);
        CatalogChange change = put;
        if (change != null) {
            return List.of(change);
        }
        if (resource.find(base) == null) {
            throw new NoSuchDefinitionException(resource.title());
        }
        return cascade ? Cascade.of(base, resource.delete()) : List.of(resource.delete());
    }
}
