// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.Machine;
import io.evenkeel.itests.kit.Networks;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Tasks;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each node in a network namespace of its own; always the node that receives is cut, under load, and the cut heals. */
@DisplayName("The network is cut around the node that receives:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworkCutIT {
    private static final int NODES = 3;
    private static final int RATE = 100;
    private static final int BEFORE = 3 * RATE;
    private static final int CUT_SECONDS = 16;
    private static final Duration SOON = Duration.ofSeconds(40);
    /** 9 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final long MOST_SILENCE_MS = Limits.strictly(9_000, 20_000);

    /** A node that is alone notices it some seconds after the others do: it must first give up asking them for the lead. */
    private static final long MOST_SILENCE_OF_ONE_MS = Limits.strictly(12_000, 20_000);

    /**
     * Of two nodes that cannot see each other the grid may give up the one that is to stay: after the second cut those two are
     * alone each, and find each other again when the grid next looks for others, 10 s after they noticed and 5 s in between.
     */
    private static final long MOST_SILENCE_OF_TWO_CUTS_MS = Limits.strictly(30_000, 40_000);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Networks networks;
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        Machine.require(Networks.missing());
        System.out.println("repeat: " + SEED.repeat(NetworkCutIT.class));
        networks = Networks.create(NODES);
        try {
            cluster = aCluster()
                    .withNodes(NODES)
                    .withNetworks(networks)
                    .withDocuments(Readings.TYPE)
                    .withDocuments(Readings.RUNNING)
                    .withInput(FaultRun.QUEUE, "Reading")
                    .withOutput("running")
                    .start(EVIDENCE.folder(), SEED);
        } catch (RuntimeException | Error e) {
            networks.close();
            throw e;
        }
        // What the others tell a node that takes the lead because it sees nobody.
        cluster.expectErrors("claims mastership but it is not a member");
    }

    @AfterAll
    static void stop() {
        if (networks != null) {
            try (Networks made = networks) {
                made.heal();
                if (cluster != null) {
                    cluster.close();
                }
            }
        }
    }

    @Test
    @Order(1)
    @DisplayName("F7 from the broker only: another node receives, nothing is lost or doubled, gap 9 s, at most 20 s")
    void shouldGoOnWithoutBroker() {
        judge(cut("broker-", networks::cutFromBroker), MOST_SILENCE_MS);
    }

    @Test
    @Order(2)
    @DisplayName("F7 from the broker one way only, which it hears but cannot answer: the same")
    void shouldGoOnWhenMute() {
        judge(cut("mute-", networks::muteToBroker), MOST_SILENCE_MS);
    }

    @Test
    @Order(3)
    @DisplayName("F7 F8 from the grid only, 1 to 2, both parts with the broker: the one commits nothing, the two go on")
    void shouldCommitNothingInAMinority() {
        FaultRun run = new FaultRun(cluster, "grid-", BEFORE + (CUT_SECONDS + 4) * RATE, RATE);
        run.awaitPublished(BEFORE);
        NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        int before = run.published();
        networks.cutFromNodes(number(victim));
        try {
            cluster.await(
                    victim.name() + " to know that it is alone",
                    SOON,
                    () -> victim.api().isUnsafeFor("minority: 1 of 3"));
            long committed = cluster.received(victim, FaultRun.QUEUE, "committed");
            run.awaitPublished(before + CUT_SECONDS * RATE);
            assertThat(cluster.received(victim, FaultRun.QUEUE, "committed"))
                    .as("messages that the minority committed")
                    .isEqualTo(committed);
            assertThat(victim.api().isUnsafeFor("minority: 1 of 3")).isTrue();
            run.awaitProgress();
        } finally {
            networks.heal();
        }
        judge(run, MOST_SILENCE_OF_ONE_MS);
    }

    @Test
    @Order(4)
    @DisplayName("F7 from both: the others go on, nothing is lost or doubled, gap 9 s, at most 20 s")
    void shouldGoOnWithoutBoth() {
        judge(
                cut("both-", node -> {
                    networks.cutFromBroker(node);
                    networks.cutFromNodes(node);
                }),
                MOST_SILENCE_MS);
    }

    @Test
    @Order(5)
    @DisplayName(
            "T4 with a task from the grid only: another node runs it, and the one that is cut off stops it by itself")
    void shouldStopItsTask() {
        Tasks tasks = new Tasks(cluster);
        // What it does is no matter here, so that it may fail.
        tasks.put("anything", "{task: anything, kind: forward, settings: {hook: 'http://127.0.0.1:1/'}}");
        NodeProcess victim = tasks.awaitRunner("anything");
        long fence = tasks.slot("anything").orElseThrow().path("fence").asLong();
        String told = "Stops anything: fewer than cluster.minimum=2 nodes are here";
        networks.cutFromNodes(number(victim));
        try {
            tasks.awaitSlot(
                    "anything",
                    "on another node",
                    slot -> slot.path("state").asText().equals("RUNNING")
                            && !slot.path("node").asText().equals(victim.name())
                            && slot.path("fence").asLong() > fence);
            cluster.await(victim.name() + " to stop it", SOON, () -> victim.logged(told) > 0);
        } finally {
            networks.heal();
        }
        cluster.awaitWhole();
    }

    @Test
    @Order(6)
    @DisplayName(
            "F7 F8 from one of the other nodes, and 10 s later from the second one: the history that goes on is that of the two")
    void shouldNotClaimBetweenTwoCuts() {
        FaultRun run = new FaultRun(cluster, "slow-", BEFORE + (10 + CUT_SECONDS + 4) * RATE, RATE);
        run.awaitPublished(BEFORE);
        int victim = number(cluster.awaitActiveReceiver(FaultRun.QUEUE));
        int before = run.published();
        networks.cutBetween(victim, (victim + 1) % NODES);
        try {
            run.awaitPublished(before + 10 * RATE);
            networks.cutBetween(victim, (victim + 2) % NODES);
            run.awaitPublished(before + (10 + CUT_SECONDS) * RATE);
            run.awaitProgress();
        } finally {
            networks.heal();
        }
        Verdict verdict = run.end();
        cluster.awaitWhole();
        assertThat(verdict.gapMs()).as("%s", verdict).isLessThanOrEqualTo(MOST_SILENCE_OF_TWO_CUTS_MS);
    }

    @Test
    @Order(7)
    @DisplayName("F7 from the broker the other way only, so that it hears nothing of the broker: the same")
    void shouldGoOnWhenDeaf() {
        judge(cut("deaf-", networks::deafenToBroker), MOST_SILENCE_MS);
    }

    @Test
    @Order(8)
    @DisplayName("F7 from the grid one way only, the others hear nothing of it and it hears them: the two go on")
    void shouldGoOnWithoutMuteMember() {
        judge(cut("mute-grid-", networks::muteToNodes), MOST_SILENCE_OF_ONE_MS);
    }

    @Test
    @Order(9)
    @DisplayName(
            "F7 from the grid the other way only, which hears nothing of the others and they hear it: the two go on")
    void shouldGoOnWithoutDeafMember() {
        judge(cut("deaf-grid-", networks::deafenToNodes), MOST_SILENCE_OF_ONE_MS);
    }

    private static FaultRun cut(String prefix, IntConsumer cut) {
        FaultRun run = new FaultRun(cluster, prefix, BEFORE + (CUT_SECONDS + 4) * RATE, RATE);
        run.awaitPublished(BEFORE);
        NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        int before = run.published();
        cut.accept(number(victim));
        try {
            // The publisher is the clock: it is not cut from the broker.
            run.awaitPublished(before + CUT_SECONDS * RATE);
            run.awaitProgress();
        } finally {
            networks.heal();
        }
        return run;
    }

    private static void judge(FaultRun run, long mostSilenceMs) {
        Verdict verdict = run.end();
        cluster.awaitWhole();
        assertThat(verdict.gapMs()).as("%s", verdict).isLessThanOrEqualTo(mostSilenceMs);
    }

    private static int number(NodeProcess node) {
        return cluster.nodes().indexOf(node);
    }
}
