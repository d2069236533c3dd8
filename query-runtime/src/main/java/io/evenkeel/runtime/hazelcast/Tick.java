// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Order;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a message of the tick queue says: that timers are due, or what somebody decided about an instance that threw.
 *
 * @param shards  that have an overdue timer; empty if the sender only wants to know the broker's time
 * @param untilMs ingress time up to which receivers had read
 * @param sources  source time by query up to which all events are logged
 * @param decision null if it is a tick
 */
public record Tick(
        List<Integer> shards,
        long untilMs,
        SortedMap<String, Long> sources,
        @Nullable Decision decision) {
    /**
     * What was decided about an instance; see {@link Order}.
     *
     * @param reason for people; may be empty
     */
    public record Decision(String query, String instance, String key, Order order, String reason) {
        public Decision {
            requireNonNull(query, "query");
            requireNonNull(instance, "instance");
            requireNonNull(key, "key");
            requireNonNull(order, "order");
            requireNonNull(reason, "reason");
        }
    }

    private static final JsonMapper JSON = new JsonMapper();

    public Tick {
        shards = List.copyOf(shards);
        sources = Collections.unmodifiableSortedMap(new TreeMap<>(sources));
    }

    static Tick of(List<Integer> shards, long untilMs, SortedMap<String, Long> sources) {
        return new Tick(shards, untilMs, sources, null);
    }

    /** A decision for one shard. */
    public static Tick of(int shard, Decision decision) {
        return new Tick(List.of(shard), 0, new TreeMap<>(), decision);
    }

    /** What this message makes a shard do. */
    public Cause cause(String messageId, long ingressMs) {
        return decision == null
                ? new Cause.TickCause(messageId, ingressMs, untilMs, sources)
                : new Cause.OrderCause(
                        messageId,
                        ingressMs,
                        new InstanceId(decision.query(), decision.instance()),
                        decision.key(),
                        decision.order(),
                        decision.reason());
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
