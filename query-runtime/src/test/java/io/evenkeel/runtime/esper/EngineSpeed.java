// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import io.evenkeel.query.Event;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Measures one engine on one thread: a keyed sum over a time window with 10,000 keys, and many instances of a filter.
 * Run by hand; prints a line for each measurement.
 */
final class EngineSpeed {
    /** CPU time, not wall time: the machine is shared. */
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    private static final int KEYS = 10_000;
    private static final int EVENTS = 1_000_000;

    private EngineSpeed() {}

    /** Takes and forgets. */
    private static final class Counting implements EmissionSink {
        private final boolean wanted;
        private long count;

        private Counting(boolean wanted) {
            this.wanted = wanted;
        }

        @Override
        public boolean wanted() {
            return wanted;
        }

        @Override
        public void emit(Emission emission) {
            count++;
        }
    }

    public static void main(String[] arguments) {
        Event[] events = events();
        String sum = "select k, sum(v) as s from A having sum(v) > ?:p";
        measure("keyed sum, few match", sum, 10, events, true, 100_000, 6_000);
        measure("keyed sum, all match", sum, 10, events, true, 100_000, 0);
        measure("keyed sum, muted", sum, 10, events, false, 100_000, 0);
        measure("keyed sum, muted, slow", sum, 10, events, false, 20_000, 0);
        measure("filter, 1 instance", "select k, v from A where v = ?:p", 10, events, true, 100_000, 3);
        List<QueryInstance> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            many.add(Queries.instance("i" + i, Map.of("p", i)));
        }
        measure("filter, 1,000 instances", "select k, v from A where v = ?:p", 10, events, true, 100_000, many);
    }

    private static Event[] events() {
        Random random = new Random(1);
        Event[] events = new Event[EVENTS];
        for (int i = 0; i < EVENTS; i++) {
            events[i] = new Event(
                    Queries.A, new @Nullable Object[] {"key-" + random.nextInt(KEYS), random.nextInt(100), null, 1.5});
        }
        return events;
    }

    private static void measure(
            String what, String epl, int seconds, Event[] events, boolean wanted, long perSecond, int parameter) {
        List<QueryInstance> one = List.of(Queries.instance("i", Map.of("p", parameter)));
        measure(what, epl, seconds, events, wanted, perSecond, one);
    }

    private static void measure(
            String what,
            String epl,
            int seconds,
            Event[] events,
            boolean wanted,
            long perSecond,
            List<QueryInstance> instances) {
        long start = System.nanoTime();
        CompiledQuery query = new EsperQueryCompiler()
                .compile(
                        Queries.query(
                                epl,
                                List.of(Queries.input("A", Duration.ofSeconds(seconds), null, "k")),
                                Queries.parameter("p", ParameterType.INTEGER)),
                        Queries.TYPES);
        long compiled = System.nanoTime();
        try (Engine engine = query.open(instances, 0)) {
            long opened = System.nanoTime();
            Counting sink = new Counting(wanted);
            StringBuilder rates = new StringBuilder();
            long time = 0;
            for (int round = 0; round < 3; round++) {
                long from = THREAD.getCurrentThreadCpuTime();
                for (int i = 0; i < events.length; i++) {
                    // The broker stamps batches: about 100 events have the same millisecond.
                    if (i % (int) (perSecond / 1_000) == 0) {
                        engine.advanceTo(++time, sink);
                    }
                    engine.apply(events[i], sink);
                }
                rates.append(' ').append(Math.round(events.length / ((THREAD.getCurrentThreadCpuTime() - from) / 1e9)));
            }
            System.out.printf(
                    "%-26s compile %d ms, open %d ms, %d emissions, events per CPU second:%s%n",
                    what, (compiled - start) / 1_000_000, (opened - compiled) / 1_000_000, sink.count, rates);
        }
    }
}
