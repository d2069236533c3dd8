// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.MemoryShardLog;
import io.evenkeel.runtime.shard.Shard;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.Source;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the engine holds for a key of an instance: the difference of used heap, after collections, over many keys. */
final class HeapPerKey {
    private static final int FEW = 10_000;
    private static final int MANY = 210_000;
    private static final int MILLION = 1_000_000;
    private static final int BATCH = 1_000;
    private static final int SHARDS = 32;
    private static final EmissionSink DEAF = new EmissionSink() {
        @Override
        public boolean wanted() {
            return false;
        }

        @Override
        public void emit(Emission emission) {
            // Nothing is wanted, so nothing comes.
        }
    };

    private HeapPerKey() {}

    static void run(Report report) {
        double one = bytesPerKey(1, 1);
        report.told("heap", "per key, 1 instance, window of 1 event, bytes", "%,.0f".formatted(one));
        report.told(
                "heap",
                "per (key, instance) beyond the first, bytes",
                "%,.0f".formatted((bytesPerKey(4, 1) - one) / 3));
        report.told(
                "heap",
                "per further event in the window of a key, bytes",
                "%,.0f".formatted((bytesPerKey(1, 5) - one) / 4));
        report.atMost(
                "heap", "a million keys, one event each, with their shards and logs, GB", million() / 1e9, "%.2f", 4);
    }

    /** What shards hold, too: the log with its events, and what is known of each message. In bytes. */
    private static long million() {
        QueryPlans plans = Catalogs.plans(1, SHARDS);
        MemoryShardLog log = new MemoryShardLog();
        List<Shard> shards = new ArrayList<>();
        for (int id = 0; id < SHARDS; id++) {
            shards.add(Shard.claim(id, "bench", log, ShardSettings.DEFAULT, plans));
        }
        long before = usedHeap();
        for (int from = 0; from < MILLION; from += BATCH) {
            long batch = from / BATCH + 1;
            Source source = new Source("readings", 1, batch, batch - 1, 0, true);
            SortedMap<Integer, List<Cause>> parts = new TreeMap<>();
            for (int number = from; number < from + BATCH; number++) {
                String id = Integer.toString(number, 36) + "-m5x8w1q2";
                Event event = Readings.newKey(Catalogs.readingType(), number);
                Cause cause = new Cause.EventCause(id, id, event, 1_000_000L + batch);
                for (int shard : plans.shardsOf(event)) {
                    parts.computeIfAbsent(shard, s -> new ArrayList<>()).add(cause);
                }
            }
            parts.forEach((shard, causes) -> shards.get(shard)
                    .begin(new ShardRequest(shard, source, new TreeMap<>(), CauseBlock.of(causes)), 0)
                    .complete());
        }
        long held = usedHeap() - before;
        shards.forEach(Shard::close);
        return held;
    }

    private static double bytesPerKey(int instances, int eventsOfKey) {
        CatalogSnapshot catalog = Catalogs.snapshot(instances);
        CompiledQuery query = Catalogs.compiled(catalog);
        List<QueryInstance> all = Catalogs.instances(catalog);
        try (Engine engine = query.open(all, 1)) {
            send(engine, 0, FEW, eventsOfKey);
            long few = usedHeap();
            send(engine, FEW, MANY, eventsOfKey);
            return (double) (usedHeap() - few) / (MANY - FEW);
        }
    }

    private static void send(Engine engine, int from, int to, int eventsOfKey) {
        for (int number = from; number < to; number++) {
            for (int i = 0; i < eventsOfKey; i++) {
                engine.apply(Readings.newKey(Catalogs.readingType(), number), DEAF);
            }
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
