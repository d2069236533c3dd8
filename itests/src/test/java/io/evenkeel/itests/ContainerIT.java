// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cli;
import io.evenkeel.itests.kit.Cli.Said;
import io.evenkeel.itests.kit.ContainerCluster;
import io.evenkeel.itests.kit.Containers;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.Machine;
import io.evenkeel.itests.kit.Networks;
import io.evenkeel.itests.kit.NodeContainer;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All on one cluster, one after the other, and always the node that receives: what a fault left behind shows in the next.
 * Of the faults that {@link FreezeIT} and {@link NetworkCutIT} show on processes, most run by {@code -Devenkeel.faults=true}.
 */
@DisplayName("A node in a container, under load:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainerIT {
    private static final int RATE = 200;
    private static final int BEFORE = 2 * RATE;
    private static final int CUT_SECONDS = 12;
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration DRILL_LIMIT = Duration.ofSeconds(180);
    /** 128 and the number of SIGKILL, as Docker tells it. */
    private static final int KILLED = 137;

    private static final String ROLLED_BACK = "Receiver readings rolls back";
    /** 12 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final long MOST_SILENCE_MS = Limits.strictly(12_000, 20_000);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static ContainerCluster cluster;

    @BeforeAll
    static void start() {
        Containers.require();
        System.out.println("repeat: " + SEED.repeat(ContainerIT.class));
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withOutput("running")
                .startInContainers(EVIDENCE.folder(), SEED);
        // What the others tell a node that takes the lead because it sees nobody.
        cluster.expectErrors("claims mastership but it is not a member");
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    @DisplayName("F1 it is killed, and its address is gone with it: each event counts once, in order")
    void shouldLoseNothingWhenKilled() {
        FaultRun run = loaded("killed-", 8);
        NodeContainer victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        victim.kill();
        run.awaitProgress();
        cluster.restart(victim);

        judge(run);
    }

    @Test
    @Order(2)
    @DisplayName("F12 its memory is used up: the kernel ends it, others go on, and it comes back with enough")
    void shouldReplaceNodeOutOfMemory() {
        FaultRun run = loaded("memory-", 8);
        NodeContainer victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        victim.exhaustMemory();

        assertThat(cluster.awaitDeath(victim, SOON)).isEqualTo(KILLED);
        assertThat(victim.wasKilledForMemory()).isTrue();
        run.awaitProgress();
        victim.restoreMemory();
        cluster.restart(victim);
        judge(run);
    }

    @Test
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    @Order(3)
    @DisplayName("F12 it gets a tenth of a processor for 15 s: matches go on, and it is taken for dead once at most")
    void shouldGoOnWhenStarved() {
        FaultRun run = loaded("starved-", 17);
        NodeContainer victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        long left = departures(victim);
        int before = run.published();
        victim.limitCpu(0.1);
        try {
            run.awaitPublished(before + 15 * RATE);
            run.awaitProgress();
        } finally {
            victim.unlimitCpu();
        }

        judge(run);
        assertThat(departures(victim) - left)
                .as("how often the two others missed it")
                .isLessThanOrEqualTo(2);
    }

    @Test
    @Order(4)
    @DisplayName(
            "F7 F8 it is cut from the grid, 1 to 2, both parts with the broker: the one commits nothing, the two go on")
    void shouldCommitNothingInAMinority() {
        FaultRun run = loaded("split-", CUT_SECONDS + 4);
        NodeContainer victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        int before = run.published();
        cluster.cutFromNodes(victim);
        try {
            cluster.await(victim.name() + " to know that it is alone", SOON, () -> isAlone(victim));
            long committed = cluster.received(victim, FaultRun.QUEUE, "committed");
            run.awaitPublished(before + CUT_SECONDS * RATE);
            run.awaitProgress();
            assertThat(cluster.received(victim, FaultRun.QUEUE, "committed")).isEqualTo(committed);
            assertThat(isAlone(victim)).isTrue();
        } finally {
            victim.heal();
        }

        judge(run);
    }

    @Test
    @Order(5)
    @DisplayName("F7 a drill of the host cuts it off and heals the network: each match of the drill comes once")
    void shouldStandDrill() {
        Machine.require(Networks.missing());
        Said said = new Cli(EVIDENCE.folder().resolve("drill"))
                .start(List.of(
                        "drill",
                        "--cut",
                        "--for",
                        "10 seconds",
                        "--events",
                        "900",
                        "--yes",
                        "--url",
                        cluster.nodes().stream().map(node -> node.api().url()).collect(Collectors.joining(",")),
                        "--broker-url",
                        cluster.connection().url(),
                        "--password-file",
                        cluster.connection().passwordFile().toString()))
                .end(DRILL_LIMIT);
        System.out.println(said.text());

        assertThat(said.exitCode()).as(said.text()).isZero();
        assertThat(said.text())
                .contains("cut off: node-", "network back: node-")
                .containsPattern("matches received +900");
        assertThat(cluster.nodes()).allMatch(NodeContainer::isAlive);
        cluster.awaitWhole();
    }

    @Test
    @Order(9)
    @DisplayName("F6 it is paused for 10 s: another one receives, and what the woken one had open is refused")
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    void shouldReplacePausedNode() {
        FaultRun run = loaded("paused-", 14);
        NodeContainer victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        long refused = victim.logged(ROLLED_BACK);
        int before = run.published();
        victim.pause();
        try {
            run.awaitPublished(before + 10 * RATE);
        } finally {
            victim.unpause();
        }

        judge(run);
        assertThat(victim.logged(ROLLED_BACK)).isGreaterThan(refused);
    }

    @Test
    @Order(6)
    @DisplayName("F7 it is cut from the broker only: another one receives")
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    void shouldGoOnWithoutBroker() {
        judge(cut("broker-", cluster::cutFromBroker));
    }

    @Test
    @Order(7)
    @DisplayName("F7 it is cut from the broker one way only, which it hears and cannot answer: another one receives")
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    void shouldGoOnWhenMute() {
        judge(cut("mute-", cluster::muteToBroker));
    }

    @Test
    @Order(8)
    @DisplayName("F7 it is cut from broker and grid: the others go on")
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    void shouldGoOnWithoutBoth() {
        judge(cut("both-", victim -> {
            cluster.cutFromBroker(victim);
            cluster.cutFromNodes(victim);
        }));
    }

    /** A run of so many seconds, under way. */
    private static FaultRun loaded(String prefix, int seconds) {
        FaultRun run = new FaultRun(cluster, prefix, BEFORE + seconds * RATE, RATE);
        run.awaitPublished(BEFORE);
        return run;
    }

    private static FaultRun cut(String prefix, Consumer<NodeContainer> fault) {
        FaultRun run = loaded(prefix, CUT_SECONDS + 4);
        NodeContainer victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        int before = run.published();
        fault.accept(victim);
        try {
            // The publisher is the clock: it is not cut from the broker.
            run.awaitPublished(before + CUT_SECONDS * RATE);
            run.awaitProgress();
        } finally {
            victim.heal();
        }
        return run;
    }

    /** How often the others logged that a node left. */
    private static long departures(NodeContainer node) {
        return cluster.nodes().stream()
                .filter(other -> other != node)
                .mapToLong(other -> other.logged("Node " + node.name() + " left"))
                .sum();
    }

    private static boolean isAlone(NodeContainer node) {
        return node.api().isUnsafeFor("minority: 1 of 3");
    }

    private static void judge(FaultRun run) {
        Verdict verdict = run.end();
        cluster.awaitWhole();
        assertThat(verdict.gapMs()).as("%s", verdict).isLessThanOrEqualTo(MOST_SILENCE_MS);
    }
}
