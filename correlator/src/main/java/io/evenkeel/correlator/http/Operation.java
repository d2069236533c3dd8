// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static java.util.Objects.requireNonNull;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API: what is documented of it and what serves it, in one place, so that the two cannot differ. For
 * one thread, until it is installed.
 */
final class Operation {
    private final HandlerType method;
    private final String path;
    private final String id;
    private final String summary;
    private final List<Parameter> parameters = new ArrayList<>();
    private final SortedMap<Integer, Shape> answers = new TreeMap<>();
    private @Nullable Shape body;
    private @Nullable Handler handler;

    /** A parameter that is not part of the path. */
    enum Parameter {
        IF_MATCH("If-Match", true, "string", "The ETag that the change is meant for; else 412."),
        IF_NONE_MATCH(
                "If-None-Match", true, "string", "A put with * creates only; a read with a known ETag answers 304."),
        IDEMPOTENCY_KEY(
                "Idempotency-Key",
                true,
                "string",
                "Names the change: a repeat with the same key, on any node, is made once. At most 255 characters."),
        CACHE_CONTROL(
                "Cache-Control",
                true,
                "string",
                "no-cache: what is in force in the cluster, not older than any answer that anybody has got. Else what this node"
                        + " runs."),
        LAST_EVENT_ID(
                "Last-Event-ID", true, "string", "The id of the last event that the reader has got, from any node."),
        CASCADE("cascade", false, "boolean", "true: with all that uses it."),
        QUERY("query", false, "string", "Only matches of this query. Else of all."),
        INSTANCE("instance", false, "string", "Only matches of instances with this name. Else of all."),
        KEY("key", false, "string", "Only for this key, as it is written in matches. Else for all."),
        NODE("node", false, "string", "The name of a node."),
        FENCE("fence", false, "integer", "The number that :take answered to this reader."),
        POSITION("position", false, "string", "The id of an event of the feed."),
        LIMIT("limit", false, "integer", "At most so many, 1 to 1000; the Link header names the next page. Else all."),
        CURSOR("cursor", false, "string", "Where a page begins; from the Link header of the one before.");

        private final String text;
        private final boolean header;
        private final String type;
        private final String description;

        Parameter(String text, boolean header, String type, String description) {
            this.text = text;
            this.header = header;
            this.type = type;
            this.description = description;
        }

        String text() {
            return text;
        }

        /** Else it is in the query. */
        boolean header() {
            return header;
        }

        String type() {
            return type;
        }

        String description() {
            return description;
        }
    }

    private Operation(HandlerType method, String path, String id, String summary) {
        this.method = method;
        this.path = path;
        this.id = id;
        this.summary = summary;
    }

    static Operation get(String path, String id, String summary) {
        return new Operation(HandlerType.GET, path, id, summary);
    }

    static Operation put(String path, String id, String summary) {
        return new Operation(HandlerType.PUT, path, id, summary);
    }

    static Operation post(String path, String id, String summary) {
        return new Operation(HandlerType.POST, path, id, summary);
    }

    static Operation delete(String path, String id, String summary) {
        return new Operation(HandlerType.DELETE, path, id, summary);
    }

    Operation takes(Parameter... more) {
        parameters.addAll(List.of(more));
        return this;
    }

    Operation body(Shape shape) {
        body = shape;
        return fails(400, 413, 415, 422);
    }

    Operation answers(int status, Shape shape) {
        answers.put(status, shape);
        return this;
    }

    /** Problem documents. */
    Operation fails(int... statuses) {
        for (int status : statuses) {
            answers.put(status, Shape.PROBLEM);
        }
        return this;
    }

    /** What any change may come to. */
    Operation change() {
        takes(Parameter.IDEMPOTENCY_KEY);
        return fails(400, 409, 412, 422, 500, 503);
    }

    Operation served(Handler by) {
        handler = by;
        return this;
    }

    HandlerType method() {
        return method;
    }

    String path() {
        return path;
    }

    String id() {
        return id;
    }

    String summary() {
        return summary;
    }

    List<Parameter> parameters() {
        return parameters;
    }

    @Nullable
    Shape body() {
        return body;
    }

    /** By status, in ascending order. */
    SortedMap<Integer, Shape> answers() {
        return answers;
    }

    Handler handler() {
        return requireNonNull(handler, () -> "Expected " + id + " to be served, but nobody does");
    }
}
