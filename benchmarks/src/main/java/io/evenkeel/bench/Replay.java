// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.MemoryShardLog;
import io.evenkeel.runtime.shard.Shard;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.Source;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * How fast shards are brought up from their logs after a failover: all 32, one after the other, on one thread, with the
 * real engine, from batches as large as they are when a receiver's thousand is spread over the shards.
 */
final class Replay {
    private static final int EVENTS = 640_000;
    private static final int ROUNDS = 5;
    /** As fast as a broker hands out: so many events have the same engine time. */
    private static final int PER_MS = 20;

    private static final int BATCH = 1_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Replay() {}

    /** Events per second by the clock, and per second of the thread's work: they differ on a busy machine. */
    private record Rate(double wall, double work) {}

    static void run(Report report) {
        QueryPlans plans = Catalogs.plans(1, 32);
        MemoryShardLog log = new MemoryShardLog();
        long begun = System.nanoTime();
        fill(plans, log);
        double live = EVENTS * 1e9 / (System.nanoTime() - begun);
        List<Rate> rates = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            rates.add(replay(plans, log));
            System.out.printf(
                    "   round %d replay %,10.0f/s, %,10.0f per CPU second%n",
                    round + 1, rates.get(round).wall(), rates.get(round).work());
        }
        // The first round warms the compiler up.
        List<Rate> warm = rates.subList(1, ROUNDS);
        report.atLeast(
                "replay",
                "events/s, one thread, 32 shards, 10,000 keys",
                Statistics.median(warm.stream().map(Rate::wall).toList()),
                "%,.0f",
                250_000);
        report.told(
                "replay",
                "events per CPU second of that thread",
                "%,.0f"
                        .formatted(
                                Statistics.median(warm.stream().map(Rate::work).toList())));
        report.told("replay", "live apply without a grid, events/s (cold)", "%,.0f".formatted(live));
    }

    private static void fill(QueryPlans plans, MemoryShardLog log) {
        List<Shard> shards = new ArrayList<>();
        for (int id = 0; id < plans.shards(); id++) {
            shards.add(Shard.claim(id, "bench", log, ShardSettings.DEFAULT, plans));
        }
        Readings readings = Readings.rare();
        for (int from = 0; from < EVENTS; from += BATCH) {
            long batch = from / BATCH + 1;
            // All but the last batch are confirmed, as in a cluster under load.
            Source source = new Source("readings", 1, batch, batch - 1, 0, true);
            TreeMap<Integer, List<Cause>> parts = new TreeMap<>();
            for (int number = from; number < from + BATCH; number++) {
                String id = Integer.toString(number, 36) + "-m5x8w1q2";
                Cause.EventCause cause = new Cause.EventCause(
                        id, id, readings.event(Catalogs.readingType(), number), 1_000_000L + number / PER_MS);
                for (int shard : plans.shardsOf(cause.event())) {
                    parts.computeIfAbsent(shard, s -> new ArrayList<>()).add(cause);
                }
            }
            parts.forEach((shard, causes) -> shards.get(shard)
                    .begin(new ShardRequest(shard, source, new TreeMap<>(), CauseBlock.of(causes)), 0)
                    .complete());
        }
        shards.forEach(Shard::close);
    }

    private static Rate replay(QueryPlans plans, MemoryShardLog log) {
        System.gc();
        long begun = System.nanoTime();
        long work = THREADS.getCurrentThreadCpuTime();
        List<Shard> shards = new ArrayList<>();
        for (int id = 0; id < plans.shards(); id++) {
            shards.add(Shard.claim(id, "bench", log, ShardSettings.DEFAULT, plans));
        }
        Rate rate = new Rate(
                EVENTS * 1e9 / (System.nanoTime() - begun), EVENTS * 1e9 / (THREADS.getCurrentThreadCpuTime() - work));
        shards.forEach(Shard::close);
        return rate;
    }
}
