// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
    private static final long MOST_SILENCE_MS = Limits.strictly(1_000, 10_000);

    private static final String CLOSED = "evenkeel_commit_gate_closed_seconds_total";
    private static final String CLOSINGS = "evenkeel_commit_gate_closings_total";
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
            Map<NodeProcess, Gate> begin = openGates(cluster);
            List<String> twice = new Readings().lines("twice-", TWICE, 10, SEED.random("twice"));
            cluster.publish(FaultRun.QUEUE, twice);
            // Goes on until a survivor has shown what it does now: when that is, is up to the machine.
            FaultRun run = FaultRun.open(cluster, "kill-", RATE);
            run.awaitPublished(RATE);
            NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
            expectNeverShut(begin, gates(cluster));
            long beforeNanos = System.nanoTime();
            Map<NodeProcess, Gate> before = openGates(cluster);
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
            Gate known = Objects.requireNonNull(before.get(receiver));
            // While matches come, so that whatever kept commits waiting until now kept matches away, too.
            Gate after = cluster.awaitFound(
                    "the gate of " + receiver + " to have been shut, and to be open",
                    SOON,
                    () -> Optional.of(Gate.of(receiver))
                            .filter(gate -> gate.closings() > known.closings()
                                    && Gate.of(receiver).equals(gate)));
            try (RawQueue queue = new RawQueue(cluster.connection(), FaultRun.QUEUE + ".rejected")) {
                assertThat(queue.takeRejected(1, SOON)).hasSize(1);
            }
            run.end();

            long silenceMs = silenceSince(frozenNanos, cluster, run);
            long afterKillMs = silenceSince(killedNanos, cluster, run);
            double waitedMs = 1_000 * (after.closed() - known.closed());
            long closings = Math.round(after.closings() - known.closings());
            long gapsMs = longestGaps(2 * closings, beforeNanos, cluster, run);
            System.out.println("commits of " + receiver + " waited " + waitedMs + " ms, " + closings
                    + " times, matches " + silenceMs + " ms, and in their longest gaps together " + gapsMs + " ms");
            assertThat(afterKillMs).as("ms without a match after the kill").isLessThanOrEqualTo(MOST_SILENCE_MS);
            assertThat(waitedMs).isPositive().isLessThanOrEqualTo(gapsMs + READING_MS);
            assertThat(1_000 * after.lastClosed()).isPositive().isLessThanOrEqualTo(waitedMs + 1);
            assertThat(sum(cluster, "evenkeel_receiver_redelivered_total"))
                    .as("messages that came again")
                    .isPositive();
            assertThat(sum(cluster, "evenkeel_repeated_events_total"))
                    .as("events that their publisher sent again")
                    .isGreaterThanOrEqualTo(TWICE);
            // Counted when it is found, and again if its batch is rolled back. The other counts what was committed; and
            // the end of the run has found the queue for them empty.
            assertThat(sum(cluster, "evenkeel_receiver_rejected_total"))
                    .as("rejections")
                    .isGreaterThanOrEqualTo(1);
            assertThat(alive(cluster).stream()
                            .mapToDouble(node ->
                                    node.api().metric("evenkeel_receiver_messages_total", "outcome=\"rejected\""))
                            .sum())
                    .as("rejected messages")
                    .isEqualTo(1);
        }
    }

    private static long silenceSince(long nanos, Cluster cluster, FaultRun run) {
        return Math.max(cluster.firstAfter(nanos, run.matches()), cluster.silence(nanos, run.matches()));
    }

    /**
     * The longest stretches without a match since an instant, together, in ms. Two for each time that the gate was shut: the one
     * in which it was, and the one before, if what was committed until then was read late.
     */
    private static long longestGaps(long count, long sinceNanos, Cluster cluster, FaultRun run) {
        List<Long> gaps = new ArrayList<>();
        long last = sinceNanos;
        for (ReceivedMatch match : cluster.matches().stream()
                .filter(run.matches())
                .filter(match -> match.arrivedNanos() - sinceNanos >= 0)
                .toList()) {
            gaps.add(match.arrivedNanos() - last);
            last = match.arrivedNanos();
        }
        return gaps.stream()
                .sorted(Comparator.reverseOrder())
                .limit(count)
                .mapToLong(TimeUnit.NANOSECONDS::toMillis)
                .sum();
    }

    /**
     * What a node tells of its gate, asked so that what was told last knows no less.
     *
     * @param closed     in seconds, all times together
     * @param lastClosed in seconds
     */
    private record Gate(double closings, double closed, double lastClosed) {
        static Gate of(NodeProcess node) {
            double last = node.api().metric("evenkeel_commit_gate_last_closed_seconds");
            double sum = node.api().metric(CLOSED);
            return new Gate(node.api().metric(CLOSINGS), sum, last);
        }
    }

    private static Map<NodeProcess, Gate> gates(Cluster cluster) {
        return alive(cluster).stream().collect(Collectors.toMap(Function.identity(), Gate::of));
    }

    /** The same when none is shut: then no time passes. */
    private static Map<NodeProcess, Gate> openGates(Cluster cluster) {
        return cluster.awaitFound("all gates to be open", SOON, () -> {
            Map<NodeProcess, Gate> gates = gates(cluster);
            return gates(cluster).equals(gates) ? Optional.of(gates) : Optional.empty();
        });
    }

    /** A gate that nothing shut has counted no time. A machine that stands still may have shut one, which is told. */
    private static void expectNeverShut(Map<NodeProcess, Gate> begin, Map<NodeProcess, Gate> now) {
        begin.forEach((node, gate) -> {
            Gate found = Objects.requireNonNull(now.get(node));
            if (found.closings() > gate.closings() && !Limits.areStrict()) {
                System.out.println("the gate of " + node + " was shut before anything happened: " + gate + " " + found);
            } else {
                assertThat(found)
                        .as("the gate of %s before anything happened", node)
                        .isEqualTo(gate);
            }
        });
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
