// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.plan.SourceTimes;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** All shards of a cluster in one thread, without faults: what a receiver does with a batch, in few words. */
final class ShardsKit {
    final MemoryShardLog log = new MemoryShardLog();
    final List<ShardReply> replies = new ArrayList<>();
    private final ShardSettings settings;
    private final SourceTimes sources = new SourceTimes();
    private final SortedMap<String, Long> passed = new TreeMap<>();
    private final Map<String, Long> batches = new HashMap<>();
    private final List<Shard> shards = new ArrayList<>();
    private QueryPlans plans;

    ShardsKit(QueryPlans plans, ShardSettings settings) {
        this.plans = plans;
        this.settings = settings;
        for (int id = 0; id < plans.shards(); id++) {
            shards.add(Shard.claim(id, "node", log, settings, plans));
        }
    }

    Shard shard(int id) {
        return shards.get(id);
    }

    /** Every shard dies, and is claimed again. */
    void takeOver() {
        for (int id = 0; id < shards.size(); id++) {
            shards.get(id).close();
            shards.set(id, Shard.claim(id, "other", log, settings, plans));
        }
    }

    void reconfigure(QueryPlans next) {
        plans = next;
        shards.forEach(shard -> shard.reconfigure(next));
    }

    /** One batch of a queue, with its matches; the batch before it is confirmed. */
    List<Match> batch(String queue, List<? extends Cause> causes) {
        long number = batches.merge(queue, 1L, Long::sum);
        return deliver(new Source(queue, 1, number, number - 1, 0, true), causes);
    }

    /** Tells that the last batch of a queue is committed. */
    void confirm(String queue) {
        batch(queue, List.of());
    }

    List<Match> deliver(Source source, List<? extends Cause> causes) {
        SortedMap<String, Long> known = watermarks();
        SourceTimes running = sources.copy();
        SortedMap<Integer, List<Cause>> byShard = new TreeMap<>();
        for (Cause cause : causes) {
            if (cause instanceof EventCause event) {
                running.saw(plans, event.event(), event.ingressMs());
                Cause marked = event.at(marks(event, known, running));
                for (int shard : plans.shardsOf(event.event())) {
                    byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(marked);
                }
            } else {
                for (int shard = 0; shard < shards.size(); shard++) {
                    byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(cause);
                }
            }
        }
        List<Match> matches = new ArrayList<>();
        for (int id = 0; id < shards.size(); id++) {
            CauseBlock block = CauseBlock.of(byShard.getOrDefault(id, List.of()));
            ShardReply reply = shards.get(id)
                    .begin(new ShardRequest(id, source, known, block), 0)
                    .complete();
            replies.add(reply);
            matches.addAll(reply.matches());
        }
        sources.merge(running);
        return matches;
    }

    private Map<String, Long> marks(EventCause cause, SortedMap<String, Long> known, SourceTimes running) {
        Map<String, Long> marks = new HashMap<>();
        for (InputPlan input : plans.inputsOf(cause.event().type().name())) {
            QueryPlan query = plans.queries().get(input.query());
            if (query != null && input.input().time() != null) {
                long now = running.watermark(query).orElse(Cause.NO_WATERMARK);
                marks.put(query.name(), Math.max(now, known.getOrDefault(query.name(), Cause.NO_WATERMARK)));
            }
        }
        return marks;
    }

    /** A tick that tells what is known, as of a time by the broker's clock, to all shards. */
    List<Match> tick(String id, long brokerMs) {
        for (QueryPlan query : plans.onSourceTime()) {
            sources.watermark(query, brokerMs).ifPresent(mark -> passed.merge(query.name(), mark, Math::max));
        }
        return batch("ticks", List.of(new TickCause(id, brokerMs, brokerMs, watermarks())));
    }

    SortedMap<String, Long> watermarks() {
        SortedMap<String, Long> known = new TreeMap<>(passed);
        for (QueryPlan query : plans.onSourceTime()) {
            sources.watermark(query).ifPresent(mark -> known.merge(query.name(), mark, Math::max));
        }
        return known;
    }

    /** The late events of all replies so far. */
    List<LateEvent> late() {
        return replies.stream().flatMap(reply -> reply.late().stream()).toList();
    }

    int batchesInLog() {
        return shards.stream().mapToInt(shard -> shard.status().batches()).sum();
    }
}
