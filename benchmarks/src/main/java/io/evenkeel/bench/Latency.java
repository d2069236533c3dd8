// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.bench.Machine.Cpu;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * From when an event was due at the publisher until its match is at the consumer, at a third of the rate that two nodes can take; every tenth
 * event matches. Two ways in turn: through the broker, two replicated nodes and the broker again, and through a
 * {@linkplain BareReceiver bare receiver} that passes on what matches in place of the nodes. The second shows what broker, publisher, consumer
 * and machine take by themselves, in the same minutes.
 */
final class Latency {
    /** What takes events to matches. */
    private enum Way {
        BARE("bare receiver in their place", 30),
        /**
         * The compilers, which take the cores from what is measured, need more than a minute at a moderate rate; and not before the
         * two minutes of the default {@code dedupeWindow} does a shard forget as much as it takes in.
         */
        NODES("two nodes", 150);

        private final String title;
        private final int warmUpSeconds;

        Way(String title, int warmUpSeconds) {
            this.title = title;
            this.warmUpSeconds = warmUpSeconds;
        }

        String queue() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** From when events go the other way until they count. */
    private static final int TURN_SECONDS = 3;

    private static final int SECONDS = 20;
    private static final double TARGET_MS = 25;
    /** The share of the rate that must have been published for a result. */
    private static final double ENOUGH = 0.97;

    private final Options options;
    private final Path folder;
    private final Histogram arriving = histogram();

    /** What one way did in one round. */
    private record Round(Histogram latencies, double published) {
        double millis(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    Latency(Options options, Path folder) {
        this.options = options;
        this.folder = folder;
    }

    void run(Report report, double maximumRate) throws IOException, InterruptedException, JMSException {
        double rate = maximumRate / 3;
        Map<Way, List<Round>> rounds = new EnumMap<>(Way.class);
        List<String> jvm = options.nodeJvm(Options.Collector.SHORTEST_PAUSES);
        try (BenchBroker broker = BenchBroker.start(folder.resolve("broker"));
                ChildProcess bare =
                        BareReceiver.start(Way.BARE.queue(), folder, jvm, broker.settings(), Readings.MATCHES);
                Cluster nodes = Cluster.start(
                        Way.NODES.queue(),
                        folder,
                        2,
                        1,
                        broker.settings(),
                        options,
                        Options.Collector.SHORTEST_PAUSES);
                MatchConsumer matches = new MatchConsumer(
                        broker.settings(), (due, arrived) -> arriving.recordValue(Math.max(0, arrived - due)))) {
            report.note("latency: %,.0f events/s; %d nodes with a backup, or %s"
                    .formatted(rate, nodes.size(), bare.name()));
            for (Way way : Way.values()) {
                measure(broker, way, rate, way.warmUpSeconds);
            }
            for (int round = 0; round < options.rounds(); round++) {
                for (Way way : Way.values()) {
                    rounds.computeIfAbsent(way, none -> new ArrayList<>())
                            .add(measure(broker, way, rate, TURN_SECONDS));
                }
            }
            matches.check();
        }
        rounds.forEach((way, its) -> tell(report, way, its, rate));
    }

    private Round measure(BenchBroker broker, Way way, double rate, int before)
            throws IOException, JMSException, InterruptedException {
        try (SteadyLoad load = new SteadyLoad(broker.settings(), way.queue(), rate, SteadyLoad.Stamp.DUE)) {
            TimeUnit.SECONDS.sleep(before);
            arriving.reset();
            Cpu cpu = Cpu.now();
            long published = load.published();
            long begun = System.nanoTime();
            TimeUnit.SECONDS.sleep(SECONDS);
            double seconds = (System.nanoTime() - begun) / 1e9;
            Round round = new Round(arriving.copy(), (load.published() - published) / seconds);
            System.out.printf(
                    "   %s: p50 %.1f, p99 %.1f, p99.9 %.1f ms of %,.0f matches/s; %s%n",
                    way.queue(),
                    round.millis(50),
                    round.millis(99),
                    round.millis(99.9),
                    round.latencies().getTotalCount() / seconds,
                    Cpu.now().since(cpu));
            return round;
        }
    }

    private void tell(Report report, Way way, List<Round> rounds, double rate) {
        String name = way.title;
        double published =
                Statistics.median(rounds.stream().map(Round::published).toList());
        if (published < rate * ENOUGH) {
            // The events were late before they were published: whatever this shows, it is not the latency of the nodes.
            report.invalid(
                    "latency",
                    name + ", p99",
                    "%.1f ms".formatted(percentile(rounds, 99)),
                    "%,.0f events/s were to be published, the machine did %,.0f".formatted(rate, published));
            return;
        }
        report.told("latency", name + ", p50", "%.1f ms".formatted(percentile(rounds, 50)));
        if (way == Way.NODES) {
            report.atMost("latency", name + ", p99, median of rounds, ms", percentile(rounds, 99), "%.1f", TARGET_MS);
        } else {
            report.told("latency", name + ", p99, median of rounds", "%.1f ms".formatted(percentile(rounds, 99)));
        }
        report.told("latency", name + ", p99.9", "%.1f ms".formatted(percentile(rounds, 99.9)));
        Histogram all = histogram();
        rounds.forEach(round -> all.add(round.latencies()));
        report.told(
                "latency",
                name + ", p99 of all rounds together",
                "%.1f ms".formatted(all.getValueAtPercentile(99) / 1e6));
    }

    private static double percentile(List<Round> rounds, double percentile) {
        return Statistics.median(
                rounds.stream().map(round -> round.millis(percentile)).toList());
    }

    private static Histogram histogram() {
        return new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);
    }
}
