// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What the engine holds for a key of an instance: the difference of used heap, after collections, over many keys. */
final class HeapPerKey {
    private static final int FEW = 10_000;
    private static final int MANY = 60_000;
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
