// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.EventType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import java.io.IOException;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A snapshot of the catalog as bytes of JSON and back, exact in every value. No state; any thread.
 *
 * <p>Not the shape of documents: those are judged when they are read, and a catalog that was accepted once must stay
 * readable when rules become stricter.
 */
public final class CatalogCodec {
    private static final int FORMAT = 1;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CatalogCodec() {}

    /** Write a snapshot. Equal snapshots give equal bytes. */
    public static byte[] encode(CatalogSnapshot snapshot) {
        ObjectNode json = NODES.objectNode().put("format", FORMAT).put("revision", snapshot.revision());
        json.set("eventTypes", list(snapshot.eventTypes().values(), DefinitionCodec::eventType));
        json.set("queries", list(snapshot.queries().values(), DefinitionCodec::query));
        json.set("instances", list(snapshot.instances().values(), DefinitionCodec::instance));
        if (!snapshot.deleted().isEmpty()) {
            ObjectNode deleted = json.putObject("deleted");
            snapshot.deleted().forEach(deleted::put);
        }
        try {
            return JSON.writeValueAsBytes(json);
        } catch (IOException e) {
            throw new IllegalStateException("Expected to write a tree as JSON, but that failed", e);
        }
    }

    /**
     * Read a snapshot; inverse of {@link #encode}.
     *
     * @throws IllegalArgumentException if these are not the bytes of a snapshot, or of a newer format
     */
    public static CatalogSnapshot decode(byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            int format = json.path("format").asInt();
            if (format != FORMAT) {
                throw new IllegalArgumentException("Expected a catalog of format " + FORMAT + ", but it is " + format
                        + ". Use the version of Evenkeel that wrote it.");
            }
            SortedMap<String, Versioned<EventType>> types = new TreeMap<>();
            for (JsonNode node : json.required("eventTypes")) {
                Versioned<EventType> type = versioned(node, DefinitionCodec::eventType);
                types.put(type.value().name(), type);
            }
            SortedMap<String, Versioned<QueryDefinition>> queries = new TreeMap<>();
            for (JsonNode node : json.required("queries")) {
                Versioned<QueryDefinition> query = versioned(node, DefinitionCodec::query);
                queries.put(query.value().name(), query);
            }
            SortedMap<InstanceId, Versioned<QueryInstance>> instances = new TreeMap<>();
            for (JsonNode node : json.required("instances")) {
                Versioned<QueryInstance> instance = versioned(node, DefinitionCodec::instance);
                instances.put(instance.value().id(), instance);
            }
            SortedMap<String, Long> deleted = new TreeMap<>();
            json.path("deleted")
                    .properties()
                    .forEach(entry ->
                            deleted.put(entry.getKey(), entry.getValue().longValue()));
            return new CatalogSnapshot(json.required("revision").longValue(), types, queries, instances, deleted);
        } catch (IOException e) {
            throw new IllegalArgumentException("Expected a catalog in JSON, but it is not", e);
        }
    }

    private static <T> ArrayNode list(Collection<Versioned<T>> items, Function<T, ObjectNode> write) {
        ArrayNode list = NODES.arrayNode();
        for (Versioned<T> item : items) {
            ObjectNode json = list.addObject().put("version", item.version()).put("revision", item.revision());
            json.set("value", write.apply(item.value()));
        }
        return list;
    }

    private static <T> Versioned<T> versioned(JsonNode node, Function<JsonNode, T> read) {
        return new Versioned<>(
                read.apply(node.required("value")),
                node.required("version").intValue(),
                node.required("revision").longValue());
    }
}
