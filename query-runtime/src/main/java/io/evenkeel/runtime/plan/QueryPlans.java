// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.plan;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInput.SourceTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Map<String, List<InputPlan>> advancedByEvent = new HashMap<>();
    private final List<QueryPlan> onSourceTime;

    public QueryPlans(long revision, int shards, Map<String, QueryPlan> queries) {
        this.revision = revision;
        this.shards = shards;
        this.queries = Collections.unmodifiableSortedMap(new TreeMap<>(queries));
        for (QueryPlan query : this.queries.values()) {
            for (InputPlan input : query.inputs()) {
                add(inputsByEvent, input.input().event(), input);
                SourceTime time = input.input().time();
                if (time != null) {
                    add(advancedByEvent, input.input().event(), input);
                    if (time.heartbeat() != null) {
                        add(advancedByEvent, time.heartbeat(), input);
                    }
                }
            }
        }
        this.onSourceTime = this.queries.values().stream()
                .filter(query -> query.definition().sourceTime())
                .toList();
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

    /** The inputs on source time that an event of this type advances, as their event or their heartbeat. */
    public List<InputPlan> advancedBy(String eventType) {
        return advancedByEvent.getOrDefault(eventType, List.of());
    }

    /** The queries that run on source time. */
    public List<QueryPlan> onSourceTime() {
        return onSourceTime;
    }

    /** The first field that is null in an event and that a query needs of it, to find its key or its time. */
    public Optional<String> findMissing(Event event) {
        String type = event.type().name();
        for (InputPlan input : inputsOf(type)) {
            String missing = input.findMissing(event);
            if (missing != null) {
                return Optional.of(missing);
            }
        }
        for (InputPlan input : advancedBy(type)) {
            if (!input.input().event().equals(type) && input.lacksTime(event)) {
                return Optional.of(String.valueOf(input.input().timeFrom()));
            }
        }
        return Optional.empty();
    }

    private static void add(Map<String, List<InputPlan>> lists, String key, InputPlan input) {
        lists.computeIfAbsent(key, event -> new ArrayList<>()).add(input);
    }
}
