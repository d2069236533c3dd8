// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * From {@code kill -9} of the node that receives until the first match of an event that was published after it: three
 * nodes, one backup, steady load. The killed node comes back before the next kill.
 */
final class Failover {
    private static final int NODES = 3;
    private static final double RATE = 1_000;
    /** From a restart to the next kill: it is a cluster that runs which loses a node, not one whose third node compiles yet. */
    private static final int CALM_SECONDS = 15;
    /** Before the first kill: no shorter than the default {@code dedupeWindow}, from which on logs grow no more. */
    private static final int FIRST_CALM_SECONDS = 120;

    private static final double TARGET_MS = 1_500;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Options options;
    private final Path folder;

    Failover(Options options, Path folder) {
        this.options = options;
        this.folder = folder;
    }

    /** Waits for the first match of an event that was published after a moment. */
    private static final class FirstMatch implements MatchConsumer.Listener {
        private final AtomicLong since = new AtomicLong(Long.MAX_VALUE);
        private final AtomicLong arrival = new AtomicLong();

        void watch(long nanos) {
            arrival.set(0);
            since.set(nanos);
        }

        @Override
        public void match(long sentNanos, long arrivedNanos) {
            if (sentNanos > since.get()) {
                arrival.compareAndSet(0, arrivedNanos);
            }
        }

        long await(long limitNanos) {
            long begun = System.nanoTime();
            while (arrival.get() == 0) {
                if (System.nanoTime() - begun > limitNanos) {
                    throw new IllegalStateException("Expected a match after the kill, but none came within 60 s");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            return arrival.get();
        }
    }

    void run(Report report) throws IOException, InterruptedException, JMSException {
        List<Double> gaps = new ArrayList<>();
        FirstMatch first = new FirstMatch();
        try (BenchBroker broker = BenchBroker.start(folder.resolve("broker"));
                Cluster nodes = Cluster.start(
                        "failover", folder, NODES, 1, broker.settings(), options, Options.Collector.SHORT_PAUSES);
                MatchConsumer matches = new MatchConsumer(broker.settings(), first);
                SteadyLoad load = new SteadyLoad(broker.settings(), "failover", RATE, SteadyLoad.Stamp.SENT)) {
            awaitMatch(first);
            // Logs as long as they get: how long a shard's replay takes depends on it.
            TimeUnit.SECONDS.sleep(FIRST_CALM_SECONDS);
            for (int kill = 0; kill < options.kills(); kill++) {
                int receiving = receiver(nodes);
                long killed = System.nanoTime();
                first.watch(killed);
                nodes.kill(receiving);
                double gap = (first.await(LIMIT_NANOS) - killed) / 1e6;
                gaps.add(gap);
                System.out.printf("   kill %d of n%d: %,.0f ms%n", kill + 1, receiving, gap);
                matches.check();
                load.published();
                if (kill + 1 < options.kills()) {
                    nodes.restart(receiving);
                    awaitMatch(first);
                    TimeUnit.SECONDS.sleep(CALM_SECONDS);
                }
            }
        }
        report.atMost("failover", "kill -9 to first match, median, ms", Statistics.median(gaps), "%,.0f", TARGET_MS);
        report.told(
                "failover",
                "kill -9 to first match, maximum of " + gaps.size(),
                "%,.0f ms".formatted(Statistics.max(gaps)));
        report.note("failover: ms by kill "
                + String.join(", ", gaps.stream().map("%.0f"::formatted).toList()));
    }

    private static void awaitMatch(FirstMatch first) {
        first.watch(System.nanoTime());
        first.await(LIMIT_NANOS);
    }

    /** The node whose count of received messages goes up. */
    private static int receiver(Cluster nodes) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        Map<String, Long> before = nodes.facts(0).received();
        while (System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            Map<String, Long> after = nodes.facts(0).received();
            for (int node = 0; node < nodes.size(); node++) {
                String name = "n" + node;
                if (after.getOrDefault(name, 0L) > before.getOrDefault(name, 0L)) {
                    return node;
                }
            }
        }
        throw new IllegalStateException("Expected a node to receive, but none does. received=" + before);
    }
}
