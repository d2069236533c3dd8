// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("What a failover was, in metrics:")
class FailoverMetersIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int RATE = 300;
    private static final int TWICE = 50;
    /** 1 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final long MOST_SILENCE_MS = Boolean.getBoolean("evenkeel.strict") ? 1_000 : 10_000;

    private static final String CLOSED = "evenkeel_commit_gate_closed_seconds_total";
    /** A match that was committed just before the gate was shut may be read just after. */
    private static final long READING_MS = 250;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    @Test
    @DisplayName(
            "N12 redelivered, repeated and rejected messages are counted, and how long commits waited is measured:"
                    + " not at all before a kill, and after it no longer than matches stayed away, N3 which is 1 s, at most 10 s on a busy machine")
    void shouldTellWhatAKillCost() {
        System.out.println("repeat: " + SEED.repeat(FailoverMetersIT.class));
        try (Cluster cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED)) {
            Map<NodeProcess, Double> closed = closed(cluster);
            List<String> twice = new Readings().lines("twice-", TWICE, 10, SEED.random("twice"));
            cluster.publish(FaultRun.QUEUE, twice);
            FaultRun run = new FaultRun(cluster, "kill-", 6 * RATE, RATE);
            run.awaitPublished(RATE);
            NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
            assertThat(closed(cluster))
                    .as("seconds that the gate was closed before anything happened")
                    .isEqualTo(closed);
            // Frozen, so that it certainly holds messages that it has not finished.
            long frozenNanos = System.nanoTime();
            victim.freeze();
            run.awaitPublished(run.published() + RATE / 3);
            long killedNanos = System.nanoTime();
            cluster.kill(victim);
            cluster.publish(FaultRun.QUEUE, twice);
            try (RawQueue queue = new RawQueue(cluster.connection(), FaultRun.QUEUE)) {
                queue.text("Reading", "{\"id\":");
            }
            NodeProcess receiver = cluster.awaitActiveReceiver(FaultRun.QUEUE);
            run.awaitProgress();
            try (RawQueue queue = new RawQueue(cluster.connection(), FaultRun.QUEUE + ".rejected")) {
                assertThat(queue.takeRejected(1, SOON)).hasSize(1);
            }
            run.end();

            long silenceMs = silenceSince(frozenNanos, cluster, run);
            long afterKillMs = silenceSince(killedNanos, cluster, run);
            double waitedMs = 1_000 * (receiver.api().metric(CLOSED) - closed.getOrDefault(receiver, 0.0));
            System.out.println("commits of " + receiver + " waited " + waitedMs + " ms, matches " + silenceMs + " ms");
            assertThat(receiver.api().metric("evenkeel_commit_gate_closings_total"))
                    .isGreaterThanOrEqualTo(1);
            assertThat(afterKillMs).as("ms without a match after the kill").isLessThanOrEqualTo(MOST_SILENCE_MS);
            assertThat(waitedMs).isPositive().isLessThanOrEqualTo(silenceMs + READING_MS);
            assertThat(1_000 * receiver.api().metric("evenkeel_commit_gate_last_closed_seconds"))
                    .isPositive()
                    .isLessThanOrEqualTo(waitedMs + 1);
            assertThat(sum(cluster, "evenkeel_receiver_redelivered_total"))
                    .as("messages that came again")
                    .isPositive();
            assertThat(sum(cluster, "evenkeel_repeated_events_total"))
                    .as("events that their publisher sent again")
                    .isGreaterThanOrEqualTo(TWICE);
            assertThat(sum(cluster, "evenkeel_receiver_rejected_total"))
                    .as("rejected messages")
                    .isEqualTo(1);
        }
    }

    private static long silenceSince(long nanos, Cluster cluster, FaultRun run) {
        return Math.max(cluster.firstAfter(nanos, run.matches()), cluster.silence(nanos, run.matches()));
    }

    private static Map<NodeProcess, Double> closed(Cluster cluster) {
        return alive(cluster).stream()
                .collect(
                        Collectors.toMap(Function.identity(), node -> node.api().metric(CLOSED)));
    }

    private static double sum(Cluster cluster, String metric) {
        return alive(cluster).stream()
                .mapToDouble(node -> node.api().metric(metric))
                .sum();
    }

    private static List<NodeProcess> alive(Cluster cluster) {
        return cluster.nodes().stream().filter(NodeProcess::isAlive).toList();
    }
}
