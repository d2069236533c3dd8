// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.client.DefinitionId;
import io.evenkeel.client.ListedDefinition;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.query.document.DocumentWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done so that a catalog is as documents say. It is found with the rules of the catalog themselves: what they
 * take for the same, such as a default that is written out, is no difference.
 */
record CatalogDifference(List<Put> puts, List<Deletion> deletions) {
    /** @param etag of what it replaces; empty: it is new @param changes one line for each field that differs */
    record Put(Document document, String etag, List<String> changes) {}

    record Deletion(DefinitionId id, String etag) {}

    CatalogDifference {
        puts = List.copyOf(puts);
        deletions = List.copyOf(deletions);
    }

    /**
     * @param present what the cluster has
     * @param wanted  in an order in which each refers to those before it
     * @param prune   whether what is not wanted goes
     * @throws io.evenkeel.query.DefinitionRefusedException if the wanted ones do not fit together
     */
    static CatalogDifference of(List<ListedDefinition> present, List<Document> wanted, boolean prune) {
        Map<DefinitionId, String> etags = new HashMap<>();
        List<CatalogChange> having = new ArrayList<>();
        present.forEach(listed -> {
            DefinitionId id = listed.definition().id();
            etags.put(id, listed.definition().etag());
            having.add(CatalogChange.put(DocumentReader.readOne(
                    id.toString(), listed.definition().document().toString())));
        });
        CatalogSnapshot before =
                having.isEmpty() ? CatalogSnapshot.EMPTY : CatalogRules.apply(CatalogSnapshot.EMPTY, having);
        Map<DefinitionId, Document> documents = new HashMap<>();
        List<CatalogChange> changes = new ArrayList<>();
        for (Document document : wanted) {
            if (documents.put(DefinitionActions.id(document), document) != null) {
                throw new CommandException("Expected " + document.title() + " once, but the folder has it twice.");
            }
            changes.add(CatalogChange.put(document));
        }
        List<Deletion> deletions = new ArrayList<>();
        if (prune) {
            // What uses others goes first.
            for (int i = present.size() - 1; i >= 0; i--) {
                DefinitionId id = present.get(i).definition().id();
                if (!documents.containsKey(id)) {
                    deletions.add(new Deletion(id, Objects.requireNonNull(etags.get(id))));
                    changes.add(deletion(id));
                }
            }
        }
        CatalogSnapshot after = changes.isEmpty() ? before : CatalogRules.apply(before, changes);
        List<Put> puts = new ArrayList<>();
        for (Document document : wanted) {
            DefinitionId id = DefinitionActions.id(document);
            ObjectNode old = json(before, id);
            if (old == null || !Objects.equals(find(before, id), find(after, id))) {
                puts.add(new Put(
                        document,
                        etags.getOrDefault(id, ""),
                        old == null ? List.of() : fields(old, Objects.requireNonNull(json(after, id)))));
            }
        }
        return new CatalogDifference(puts, deletions);
    }

    boolean isEmpty() {
        return puts.isEmpty() && deletions.isEmpty();
    }

    /** For people: {@code +} is created, {@code ~} changed, {@code -} deleted. */
    List<String> lines() {
        Stream<String> put = puts.stream()
                .flatMap(each -> Stream.concat(
                        Stream.of((each.etag().isEmpty() ? "+ " : "~ ")
                                + each.document().title()),
                        each.changes().stream().map(change -> "    " + change)));
        return Stream.concat(put, deletions.stream().map(gone -> "- " + gone.id()))
                .toList();
    }

    private static @Nullable Versioned<?> find(CatalogSnapshot catalog, DefinitionId id) {
        return switch (id.kind()) {
            case EVENT -> catalog.eventTypes().get(id.name());
            case QUERY -> catalog.queries().get(id.name());
            case INSTANCE -> catalog.instances().get(instance(id));
        };
    }

    private static InstanceId instance(DefinitionId id) {
        return new InstanceId(id.name(), Objects.requireNonNull(id.instance()));
    }

    private static CatalogChange deletion(DefinitionId id) {
        return switch (id.kind()) {
            case EVENT -> new CatalogChange.DeleteEventType(id.name());
            case QUERY -> new CatalogChange.DeleteQuery(id.name());
            case INSTANCE -> new CatalogChange.DeleteInstance(instance(id));
        };
    }

    private static @Nullable ObjectNode json(CatalogSnapshot catalog, DefinitionId id) {
        if (find(catalog, id) == null) {
            return null;
        }
        return switch (id.kind()) {
            case EVENT ->
                DocumentWriter.json(Objects.requireNonNull(catalog.eventTypes().get(id.name()))
                        .value());
            case QUERY ->
                DocumentWriter.json(
                        Objects.requireNonNull(catalog.queries().get(id.name())).value());
            case INSTANCE -> {
                Versioned<QueryDefinition> query =
                        Objects.requireNonNull(catalog.queries().get(id.name()));
                Versioned<QueryInstance> instance =
                        Objects.requireNonNull(catalog.instances().get(instance(id)));
                yield DocumentWriter.json(query.value(), instance.value());
            }
        };
    }

    /** One line for each field that differs. */
    private static List<String> fields(JsonNode old, JsonNode wanted) {
        Map<String, String> before = new TreeMap<>();
        Map<String, String> after = new TreeMap<>();
        flatten("", old, before);
        flatten("", wanted, after);
        Map<String, String> all = new TreeMap<>(before);
        all.putAll(after);
        return all.keySet().stream()
                .filter(field -> !Objects.equals(before.get(field), after.get(field)))
                .map(field -> field + ": " + before.getOrDefault(field, "(none)") + " -> "
                        + after.getOrDefault(field, "(none)"))
                .toList();
    }

    private static void flatten(String path, JsonNode node, Map<String, String> fields) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> flatten(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), fields));
        } else if (node.isArray() && !node.isEmpty()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(path + "[" + i + "]", node.get(i), fields);
            }
        } else {
            fields.put(path, node.toString());
        }
    }
}
