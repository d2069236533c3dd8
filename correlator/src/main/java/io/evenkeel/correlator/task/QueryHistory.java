// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import io.evenkeel.querytest.TrialEvent;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.LogBatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The events that the log still has of a query's inputs: what its instances can see, and more that is not yet trimmed. For
 * any thread; each read asks the grid.
 */
public final class QueryHistory {
    private final Supplier<QueryPlans> plans;
    private final IntFunction<List<LogBatch>> log;

    /** @param log reads the retained batches of a shard; blocks */
    public QueryHistory(Supplier<QueryPlans> plans, IntFunction<List<LogBatch>> log) {
        this.plans = plans;
        this.log = log;
    }

    int shards() {
        return plans.get().shards();
    }

    /** The queries as they are now. */
    QueryPlans plans() {
        return plans.get();
    }

    /**
     * The events of a query in one shard, in the order of its log.
     *
     * @throws IllegalArgumentException if there is no such query
     */
    List<TrialEvent> read(String query, int shard) {
        return read(plans.get(), List.of(query), shard).getOrDefault(query, List.of());
    }

    /**
     * The events of several queries in one shard, each in the order of its log; the log is read once.
     *
     * @throws IllegalArgumentException if one of the queries does not exist
     */
    SortedMap<String, List<TrialEvent>> read(QueryPlans now, Collection<String> queries, int shard) {
        SortedMap<String, List<TrialEvent>> events = new TreeMap<>();
        Map<QueryPlan, List<TrialEvent>> byPlan = new LinkedHashMap<>();
        for (String query : queries) {
            QueryPlan plan = now.queries().get(query);
            if (plan == null) {
                throw new IllegalArgumentException("Expected query " + query + " to exist, but it does not");
            }
            List<TrialEvent> ofQuery = new ArrayList<>();
            events.put(query, ofQuery);
            byPlan.put(plan, ofQuery);
        }
        for (LogBatch batch : log.apply(shard)) {
            for (Cause cause : batch.request().causes().causes()) {
                if (cause instanceof Cause.EventCause event) {
                    long atMs = event.ingressMs() > 0 ? event.ingressMs() : batch.stampMs();
                    TrialEvent read = new TrialEvent(event.eventId(), atMs, event.event());
                    byPlan.forEach((plan, ofQuery) -> {
                        if (belongs(plan, event, shard, now.shards())) {
                            ofQuery.add(read);
                        }
                    });
                }
            }
        }
        return events;
    }

    /** A shard has events of other queries too, by their keys. */
    private static boolean belongs(QueryPlan plan, Cause.EventCause event, int shard, int shards) {
        InputPlan input = plan.input(event.event().type().name());
        return input != null
                && input.findMissing(event.event()) == null
                && input.shardOf(event.event(), shards) == shard;
    }
}
