// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * From when an event was due at the publisher until its match is at the consumer: through the broker, two replicated
 * nodes and the broker again, at a third of the rate that they can take. Every tenth event matches.
 */
final class Latency {
    /**
     * The compilers, which take the cores from what is measured, need more than a minute at a moderate rate; and not before the
     * two minutes of the default {@code dedupeWindow} does a shard forget as much as it takes in.
     */
    private static final int WARM_UP_SECONDS = 150;

    private static final int SECONDS = 20;
    private static final double TARGET_MS = 25;
    /** The share of the rate that must have been published for a result. */
    private static final double ENOUGH = 0.97;

    private final Options options;
    private final Path folder;

    Latency(Options options, Path folder) {
        this.options = options;
        this.folder = folder;
    }

    void run(Report report, double maximumRate) throws IOException, InterruptedException, JMSException {
        double rate = maximumRate / 3;
        double published;
        Histogram latencies = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);
        try (BenchBroker broker = BenchBroker.start(folder.resolve("broker"));
                Cluster two = Cluster.start(
                        "latency", folder, 2, 1, broker.settings(), options, Options.Collector.SHORTEST_PAUSES);
                MatchConsumer matches = new MatchConsumer(
                        broker.settings(), (due, arrived) -> latencies.recordValue(Math.max(0, arrived - due)));
                SteadyLoad load = new SteadyLoad(broker.settings(), "latency", rate, SteadyLoad.Stamp.DUE)) {
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
            latencies.reset();
            long before = load.published();
            long begun = System.nanoTime();
            TimeUnit.SECONDS.sleep(SECONDS);
            double seconds = (System.nanoTime() - begun) / 1e9;
            published = (load.published() - before) / seconds;
            double matched = latencies.getTotalCount() / seconds;
            matches.check();
            report.note("latency: %d nodes, backups 1, %,.0f events/s published, %,.0f matches/s measured over %.0f s"
                    .formatted(two.size(), published, matched, seconds));
        }
        if (published < rate * ENOUGH) {
            // The events were late before they were published: whatever this shows, it is not the latency of the nodes.
            report.invalid(
                    "latency",
                    "publish to match, p99",
                    milliseconds(latencies, 99),
                    "%,.0f events/s were to be published, the machine did %,.0f".formatted(rate, published));
            return;
        }
        report.told("latency", "publish to match, p50", milliseconds(latencies, 50));
        report.atMost(
                "latency", "publish to match, p99, ms", latencies.getValueAtPercentile(99) / 1e6, "%.1f", TARGET_MS);
        report.told("latency", "publish to match, p99.9", milliseconds(latencies, 99.9));
    }

    private static String milliseconds(Histogram latencies, double percentile) {
        return "%.1f ms".formatted(latencies.getValueAtPercentile(percentile) / 1e6);
    }
}
