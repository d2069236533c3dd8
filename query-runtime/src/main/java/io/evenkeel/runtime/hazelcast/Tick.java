// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a tick message says.
 *
 * @param shards  that have an overdue timer; empty if the sender only wants to know the broker's time
 * @param untilMs ingress time up to which receivers had read
 * @param sources source time by query up to which all events are logged
 */
public record Tick(List<Integer> shards, long untilMs, SortedMap<String, Long> sources) {
    private static final JsonMapper JSON = new JsonMapper();

    public Tick {
        shards = List.copyOf(shards);
        sources = Collections.unmodifiableSortedMap(new TreeMap<>(sources));
    }

    /** @throws IllegalArgumentException if the text is no tick */
    public static Tick parse(String payload) {
        try {
            return JSON.readValue(payload, Tick.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected a tick, but got " + payload, e);
        }
    }

    public String payload() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tick is plain data and can be written", e);
        }
    }
}
