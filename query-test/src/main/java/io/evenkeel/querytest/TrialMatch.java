// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * What an instance emitted in a trial.
 *
 * @param id    as in a cluster of one shard
 * @param key   values of the key fields as text; empty without a key
 * @param atMs  the query's time, ms since the epoch
 * @param cause id of the event that completed the match; empty if time did
 * @param event type of the output event
 * @param body  JSON object
 */
public record TrialMatch(
        String id, InstanceId instance, String key, long atMs, String cause, String event, String body) {
    public TrialMatch {
        requireNonNull(id, "id");
        requireNonNull(instance, "instance");
        requireNonNull(key, "key");
        requireNonNull(cause, "cause");
        requireNonNull(event, "event");
        requireNonNull(body, "body");
    }

    /**
     * A field of the match: Integer, Long, Double, String, Boolean, or JSON text for what is made of several values.
     *
     * @return null if it is null
     * @throws IllegalArgumentException if there is no such field; the message has those that are there
     */
    public @Nullable Object field(String name) {
        JsonNode value = fields().get(name);
        if (value == null) {
            throw new IllegalArgumentException("Expected a field " + name + " in the match, but it is " + body);
        }
        return value.isNull() ? null : value.isValueNode() ? JsonLines.value(value) : value.toString();
    }

    JsonNode fields() {
        return JsonLines.parse(body);
    }

    /** As a line of a file of expected matches. */
    public String toJson() {
        return "{\"match\":\"" + event + "\",\"id\":" + JsonLines.text(id) + ",\"instance\":\"" + instance
                + "\",\"key\":" + JsonLines.text(key) + ",\"at\":\"" + Timestamps.format(atMs) + "\",\"cause\":"
                + JsonLines.text(cause) + ",\"fields\":" + body + "}";
    }

    @Override
    public String toString() {
        return Timestamps.format(atMs) + " " + instance + (key.isEmpty() ? "" : " " + key) + " " + body
                + (cause.isEmpty() ? " (time)" : " (" + cause + ")");
    }
}
