// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One engine on one thread: a filter with one instance and with a thousand, and keyed queries with and without a partition
 * for each key. Rates are of CPU time, since the machine is shared; the forms take turns, and the median of the rounds
 * counts.
 */
final class EngineRates {
    private static final int EVENTS = 300_000;
    private static final int ROUNDS = 5;
    /** The broker stamps in ms: as many events have the same time at 100,000 events/s. */
    private static final int PER_MS = 100;

    private static final int INSTANCES = 1_000;
    /** What one event in a thousand is above, for the first instances; so that it is not matches that are measured. */
    private static final int LIMIT = 1_000_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final String HEAD = """
            event: Reading
            fields: {k: string, v: long, t: long, pad: string}
            ---
            query: measured
            parameters: {above: {type: long, minimum: 0}}
            inputs: [{event: Reading, key: [k], within: 10 seconds}]
            output: {event: Measured, to: queue:measured}
            """;
    private static final String FILTER = "epl: select k, v from Reading where v > ?:above\n";
    private static final String SUM = "epl: select k, t, sum(v) as total from Reading having sum(v) > ?:above\n";
    private static final String SEQUENCE = "epl: 'select a.t as t from pattern"
            + " [every a=Reading(v > 5 and v != ?:above) -> b=Reading(v < 1) where timer:within(5 sec)]'\n";

    private EngineRates() {}

    /** Takes and forgets. */
    private static final class Counting implements EmissionSink {
        private long count;

        @Override
        public boolean wanted() {
            return true;
        }

        @Override
        public void emit(Emission emission) {
            count++;
        }
    }

    /** What is measured: a query, and the instances that run. */
    private record Form(CompiledQuery query, List<QueryInstance> instances, EventType type) {
        static Form of(String text, int instances, EsperQueryCompiler compiler) {
            StringBuilder document = new StringBuilder(HEAD).append(text);
            for (int i = 0; i < instances; i++) {
                document.append(
                        "---\nquery: measured\ninstance: i%d\nparameters: {above: %d}\n".formatted(i, LIMIT + i));
            }
            CatalogSnapshot catalog = CatalogRules.apply(
                    CatalogSnapshot.EMPTY,
                    DocumentReader.read("engine", document.toString()).stream()
                            .map(CatalogChange::put)
                            .toList());
            QueryDefinition query = catalog.queries().values().iterator().next().value();
            Map<String, EventType> types = catalog.eventTypes().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().value()));
            return new Form(
                    compiler.compile(query, types),
                    catalog.instances().values().stream()
                            .map(CatalogSnapshot.Versioned::value)
                            .toList(),
                    types.values().iterator().next());
        }

        /** Events per second of CPU time. */
        double rate() {
            Readings readings = Readings.rare();
            Event[] events = new Event[EVENTS];
            for (int i = 0; i < EVENTS; i++) {
                events[i] = readings.event(type, i);
            }
            try (Engine engine = query.open(instances, 0)) {
                Counting sink = new Counting();
                long from = THREADS.getCurrentThreadCpuTime();
                for (int i = 0; i < EVENTS; i++) {
                    if (i % PER_MS == 0) {
                        engine.advanceTo(i / PER_MS + 1L, sink);
                    }
                    engine.apply(events[i], sink);
                }
                double rate = EVENTS * 1e9 / (THREADS.getCurrentThreadCpuTime() - from);
                if (sink.count == 0) {
                    throw new IllegalStateException("Expected matches, but there are none: nothing was measured");
                }
                return rate;
            }
        }
    }

    static void run(Report report) {
        EsperQueryCompiler usual = new EsperQueryCompiler();
        EsperQueryCompiler partitions = EsperQueryCompiler.withPartitions();
        compare(
                report,
                "a filter, 1 instance",
                Form.of(FILTER, 1, usual),
                "a filter, 1,000 instances",
                Form.of(FILTER, INSTANCES, usual),
                0.7);
        compare(
                report,
                "keyed sum, 10,000 keys, with partitions",
                Form.of(SUM, 1, partitions),
                "keyed sum, 10,000 keys, without",
                Form.of(SUM, 1, usual),
                1);
        compare(
                report,
                "sequence, 10,000 keys, with partitions",
                Form.of(SEQUENCE, 1, partitions),
                "sequence, 10,000 keys, without",
                Form.of(SEQUENCE, 1, usual),
                1);
    }

    private static void compare(Report report, String one, Form first, String other, Form second, double target) {
        List<Double> firsts = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            firsts.add(first.rate());
            seconds.add(second.rate());
        }
        // The first round warms the compiler up.
        double before = Statistics.median(firsts.subList(1, ROUNDS));
        double after = Statistics.median(seconds.subList(1, ROUNDS));
        report.told("engine", one + ", events per CPU second", "%,.0f".formatted(before));
        report.told("engine", other + ", events per CPU second", "%,.0f".formatted(after));
        report.atLeast("engine", "ratio of the second to the first", after / before, "%.2f", target);
    }
}
