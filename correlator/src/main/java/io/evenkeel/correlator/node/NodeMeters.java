// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.correlator.hazelcast.GridMember;
import io.evenkeel.runtime.shard.Effort;
import io.evenkeel.runtime.shard.ShardStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What {@code /metrics} tells of shards and of the grid; receivers tell of themselves. */
final class NodeMeters {
    private NodeMeters() {}

    /** Returns what is to be called before the metrics are read: which queries there are changes. */
    static Runnable bind(MeterRegistry registry, GridMember grid) {
        new JvmMemoryMetrics().bindTo(registry);
        // All of a scrape tell of the same moment, and each shard is asked once.
        AtomicReference<List<ShardStatus>> shards = new AtomicReference<>(List.of());
        gauge(
                registry,
                shards,
                "evenkeel_shards_owned",
                "Shards that this node evaluates",
                seen -> seen.get().size());
        gauge(
                registry,
                shards,
                "evenkeel_unconfirmed_causes",
                "Causes whose commit is not known to have happened",
                sum(ShardStatus::unconfirmed));
        gauge(
                registry,
                shards,
                "evenkeel_log_batches",
                "Batches in the retained logs of this node's shards",
                sum(ShardStatus::batches));
        gauge(
                registry,
                shards,
                "evenkeel_late_events",
                "Events that came after source time had passed them",
                sum(ShardStatus::late));
        gauge(
                registry,
                shards,
                "evenkeel_quarantined_instances",
                "Instances that threw, summed over shards",
                sum(shard -> shard.quarantines().size()));
        gauge(
                registry,
                grid,
                "evenkeel_commit_safe",
                "1 if it is safe to commit, 0 if commits wait",
                member -> member.gate().open() ? 1 : 0);
        gauge(
                registry,
                grid,
                "evenkeel_history_behind",
                "Shards of which this node has something that is not on its disk",
                member -> member.shardHistory().behind());
        gauge(
                registry,
                grid,
                "evenkeel_history_bytes",
                "What the history takes on this node's disk",
                member -> member.shardHistory().bytes());
        counter(
                registry,
                grid,
                "evenkeel_history_failures",
                "How often the disk of the history refused something",
                member -> member.shardHistory().failures());
        counter(
                registry,
                grid,
                "evenkeel_commit_gate_closings",
                "How often commits had to wait for the grid",
                member -> member.gate().closings());
        counter(
                registry,
                grid,
                "evenkeel_node_stalls",
                "How often this process stood still for seconds, and let commits wait for that",
                member -> member.gate().stalls());
        counter(
                registry,
                grid,
                "evenkeel_commit_gate_closed_seconds",
                "How long commits had to wait for the grid, all times together",
                member -> seconds(member.gate().times().sum()));
        gauge(
                registry,
                grid,
                "evenkeel_commit_gate_last_closed_seconds",
                "How long commits had to wait for the grid the last time, or do by now",
                member -> seconds(member.gate().times().last()));
        counter(
                registry,
                grid,
                "evenkeel_refused_batches",
                "Batches of this node that owners refused because a later session reads their queue",
                member -> member.router().stale());
        counter(
                registry,
                grid,
                "evenkeel_refused_appends",
                "Appends of this node that the log refused because another one owns the shard",
                member -> member.host().fenced());
        counter(
                registry,
                grid,
                "evenkeel_answered_causes",
                "Causes that came again and got their kept matches",
                member -> member.router().answered());
        counter(
                registry,
                grid,
                "evenkeel_repeated_events",
                "Events that a publisher had sent before",
                member -> member.router().repeated());
        counter(
                registry,
                grid,
                "evenkeel_owner_retries",
                "Parts of batches that were asked for again",
                member -> member.router().retries());
        MultiGauge seconds = MultiGauge.builder("evenkeel_query_seconds")
                .description("Time that instances took for events, CPU time where the query has a budget")
                .register(registry);
        MultiGauge events = MultiGauge.builder("evenkeel_query_events")
                .description("Events that instances were shown")
                .register(registry);
        return () -> {
            shards.set(grid.host().status());
            Map<Tags, Effort> efforts = efforts(shards.get());
            seconds.register(rows(efforts, effort -> effort.nanos() / 1e9), true);
            events.register(rows(efforts, Effort::events), true);
        };
    }

    /** Of each query, or of each of its instances where these are measured by themselves; summed over shards. */
    private static Map<Tags, Effort> efforts(List<ShardStatus> shards) {
        Map<Tags, Effort> sums = new HashMap<>();
        shards.stream()
                .flatMap(shard -> shard.efforts().stream())
                .forEach(effort -> sums.merge(
                        Tags.of("query", effort.query(), "instance", effort.instance()),
                        effort,
                        (one, other) -> new Effort(
                                one.query(),
                                one.instance(),
                                one.events() + other.events(),
                                one.nanos() + other.nanos())));
        return sums;
    }

    private static List<MultiGauge.Row<?>> rows(Map<Tags, Effort> efforts, ToDoubleFunction<Effort> value) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        efforts.forEach((tags, effort) -> rows.add(MultiGauge.Row.of(tags, effort, value)));
        return rows;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static ToDoubleFunction<AtomicReference<List<ShardStatus>>> sum(ToLongFunction<ShardStatus> count) {
        return shards -> shards.get().stream().mapToLong(count).sum();
    }

    private static <T> void gauge(MeterRegistry registry, T of, String name, String help, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(help).register(registry);
    }

    private static void counter(
            MeterRegistry registry, GridMember grid, String name, String help, ToDoubleFunction<GridMember> value) {
        FunctionCounter.builder(name, grid, value).description(help).register(registry);
    }
}
