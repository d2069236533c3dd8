// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.plan;

import io.evenkeel.query.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All queries at one revision of the catalog. Immutable.
 *
 * <p>Names of queries are the order in which a shard runs them, everywhere.
 */
public final class QueryPlans {
    private final long revision;
    private final int shards;
    private final SortedMap<String, QueryPlan> queries;
    private final Map<String, List<InputPlan>> inputsByEvent = new HashMap<>();

    public QueryPlans(long revision, int shards, Map<String, QueryPlan> queries) {
        this.revision = revision;
        this.shards = shards;
        this.queries = Collections.unmodifiableSortedMap(new TreeMap<>(queries));
        for (QueryPlan query : this.queries.values()) {
            query.inputs()
                    .forEach(input -> inputsByEvent
                            .computeIfAbsent(input.input().event(), event -> new ArrayList<>())
                            .add(input));
        }
    }

    public long revision() {
        return revision;
    }

    public int shards() {
        return shards;
    }

    /** By name. */
    public SortedMap<String, QueryPlan> queries() {
        return queries;
    }

    /** How all queries read an event type; empty if none does. */
    public List<InputPlan> inputsOf(String eventType) {
        return inputsByEvent.getOrDefault(eventType, List.of());
    }

    /** The shards that an event concerns, ascending; empty if no query reads it. Its key fields must not be null. */
    public int[] shardsOf(Event event) {
        List<InputPlan> inputs = inputsOf(event.type().name());
        if (inputs.size() == 1) {
            return new int[] {inputs.get(0).shardOf(event, shards)};
        }
        return inputs.stream()
                .mapToInt(input -> input.shardOf(event, shards))
                .distinct()
                .sorted()
                .toArray();
    }

    /** Notes the source time of an event for each query that runs on it, if it is later than what is noted. */
    public void raiseSources(Event event, Map<String, Long> reached) {
        for (InputPlan input : inputsOf(event.type().name())) {
            if (input.input().timeFrom() != null) {
                reached.merge(input.query(), input.timeOf(event), Math::max);
            }
        }
    }
}
