// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two backups: each of three nodes has everything. */
@DisplayName("Several of three nodes with two backups are killed under load:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodesDieIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int RATE = 300;
    private static final String TOO_FEW = "too few nodes for the backups: 2 are here";
    /** Beside what it takes the first to be gone; this wait is the fault, not one for its effect. */
    private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static final Random RANDOM = SEED.random("victims");
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(NodesDieIT.class));
        cluster = plan().start(EVIDENCE.folder(), SEED);
    }

    private static ClusterPlan plan() {
        return aCluster()
                .withBackups(2)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withOutput("running");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("N9 one: the cluster says that it has too few nodes for its backups, and commits nothing until it has")
    void shouldNotCommitWithFewerCopies() {
        FaultRun run = FaultRun.open(cluster, "one-", RATE);
        run.awaitPublished(2 * RATE);
        List<NodeProcess> nodes = shuffled(cluster);
        cluster.kill(nodes.get(0));
        expectHalt(run, TOO_FEW);

        cluster.restartDead();
        run.end();
    }

    @Test
    @Order(2)
    @DisplayName(
            "F5 two, some 50 ms apart: nothing is committed until there is a majority with all copies, then all goes on")
    void shouldResumeAfterTwoDied() {
        FaultRun run = FaultRun.open(cluster, "two-", RATE);
        run.awaitPublished(2 * RATE);
        List<NodeProcess> nodes = shuffled(cluster);
        long begun = System.nanoTime();
        cluster.kill(nodes.get(0));
        LockSupport.parkNanos(BETWEEN_NANOS);
        System.out.println("second kill after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
        cluster.kill(nodes.get(1));
        expectHalt(run, "minority: 1 of 3 nodes");

        cluster.restartDead();
        run.end();
    }

    @Test
    @Order(3)
    @DisplayName("N9 negative control: with the gate taken away, matches are committed though copies are missing")
    void shouldCommitWithoutGate() {
        try (Cluster ungated = plan().withOptions("-Devenkeel.fault=NO_GATE")
                .start(EVIDENCE.folder().resolve("ungated"), SEED)) {
            FaultRun run = FaultRun.open(ungated, "ungated-", RATE);
            run.awaitPublished(RATE);
            List<NodeProcess> nodes = shuffled(ungated);
            ungated.kill(nodes.get(0));
            ungated.await(
                    "the loss to be noticed", SOON, () -> nodes.get(1).api().isUnsafeFor(TOO_FEW));
            int matched = run.matched();
            ungated.await("commits in spite of it", SOON, () -> run.matched() > matched + RATE);
            assertThat(nodes.get(1).api().isUnsafeFor(TOO_FEW))
                    .as("copies are missing still")
                    .isTrue();
        }
    }

    private static List<NodeProcess> shuffled(Cluster cluster) {
        List<NodeProcess> nodes = new ArrayList<>(cluster.nodes());
        Collections.shuffle(nodes, RANDOM);
        System.out.println(
                "in this order: " + nodes.stream().map(NodeProcess::name).toList());
        return nodes;
    }

    private static void expectHalt(FaultRun run, String reason) {
        List<NodeProcess> living =
                cluster.nodes().stream().filter(NodeProcess::isAlive).toList();
        cluster.await(
                living + " to say '" + reason + "'",
                SOON,
                () -> living.stream().allMatch(node -> node.api().isUnsafeFor(reason)));
        // A commit that was begun in time may still be under way; it ends before its session does.
        cluster.await("all to let go of the queue", SOON, () -> cluster.broker().consumers(FaultRun.QUEUE) == 0);
        cluster.awaitRead();
        int matched = run.matched();
        run.awaitPublished(run.published() + 2 * RATE);
        cluster.awaitRead();
        assertThat(run.matched()).as("matches meanwhile").isEqualTo(matched);
    }
}
