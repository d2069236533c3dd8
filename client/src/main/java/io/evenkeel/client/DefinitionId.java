// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Names an event type, a query or an instance.
 *
 * @param name     of the event type or query
 * @param instance null: it is not about an instance
 */
public record DefinitionId(Kind kind, String name, @Nullable String instance) {
    public enum Kind {
        EVENT,
        QUERY,
        INSTANCE
    }

    public DefinitionId {
        requireNonNull(kind, "kind");
        requireNonNull(name, "name");
        if ((instance != null) != (kind == Kind.INSTANCE)) {
            throw new IllegalArgumentException("Expected an instance's name where it is about an instance. " + kind);
        }
    }

    public static DefinitionId event(String type) {
        return new DefinitionId(Kind.EVENT, type, null);
    }

    public static DefinitionId query(String name) {
        return new DefinitionId(Kind.QUERY, name, null);
    }

    public static DefinitionId instance(String query, String name) {
        return new DefinitionId(Kind.INSTANCE, query, name);
    }

    /** As the cluster writes it: {@code event type T}, {@code query q}, {@code instance q/i}. */
    @Override
    public String toString() {
        return switch (kind) {
            case EVENT -> "event type " + name;
            case QUERY -> "query " + name;
            case INSTANCE -> "instance " + name + "/" + instance;
        };
    }

    String path() {
        return switch (kind) {
            case EVENT -> "/api/v1/events/" + segment(name);
            case QUERY -> "/api/v1/queries/" + segment(name);
            case INSTANCE ->
                "/api/v1/queries/" + segment(name) + "/instances/" + segment(requireNonNull(instance, "instance"));
        };
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put(kind == Kind.EVENT ? "event" : "query", name);
        return instance == null ? json : json.put("instance", instance);
    }

    /** A name as part of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
