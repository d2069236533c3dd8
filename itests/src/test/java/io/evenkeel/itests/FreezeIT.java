// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGSTOP and SIGCONT: the node does not know that it was away, and the others cannot know that it will come back. */
@DisplayName("A node is frozen under load:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class FreezeIT {
    private static final int RATE = 300;
    private static final int BEFORE = 600;
    /** 9 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final long MOST_SILENCE_MS = Limits.strictly(9_000, 20_000);

    private static final String STALLS = "evenkeel_node_stalls_total";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String STOOD_STILL = "This node stood still for";
    private static final String ROLLED_BACK = "Receiver readings rolls back";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(FreezeIT.class));
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
        // What the others tell a node that wakes up and takes the lead, since it sees nobody.
        cluster.expectErrors("claims mastership but it is not a member");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "F6 N3 the receiver for 3 s: it goes on, nothing is lost or doubled, gap 9 s, at most 20 s on a busy machine")
    void shouldGoOnAfterShortFreeze() {
        FaultRun run = new FaultRun(cluster, "short-", BEFORE + 7 * RATE, RATE);
        run.awaitPublished(BEFORE);
        freezeFor(cluster.awaitActiveReceiver(FaultRun.QUEUE), run, 3);

        judge(run);
    }

    @Test
    @Order(2)
    @DisplayName(
            "F6 N3 the receiver for 20 s: another takes over, what the woken one had open is refused, gap 9 s, at most 20 s on a busy machine")
    void shouldRefuseWokenReceiver() {
        FaultRun run = new FaultRun(cluster, "receiver-", BEFORE + 24 * RATE, RATE);
        run.awaitPublished(BEFORE);
        NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        long refused = victim.logged(ROLLED_BACK);
        long stalls = victim.logged(STOOD_STILL);
        freezeFor(victim, run, 20);

        judge(run);
        cluster.awaitWhole();
        assertThat(victim.logged(STOOD_STILL)).as("stalls that it noticed").isGreaterThan(stalls);
        assertThat(victim.logged(ROLLED_BACK))
                .as("sessions that the woken node had to give up")
                .isGreaterThan(refused);
    }

    @Test
    @Order(3)
    @DisplayName(
            "F6 N3 an owner that receives nothing, for 8 s and until its shards have moved: nothing is lost or doubled, gap 9 s, at most 20 s on a busy machine")
    void shouldReplaceFrozenOwner() {
        FaultRun run = new FaultRun(cluster, "owner-", BEFORE + 12 * RATE, RATE);
        run.awaitPublished(BEFORE);
        NodeProcess receiver = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        NodeProcess victim = cluster.nodes().stream()
                .filter(node -> node != receiver)
                .findFirst()
                .orElseThrow();
        List<NodeProcess> others =
                cluster.nodes().stream().filter(node -> node != victim).toList();
        double shards = owned(cluster.nodes());
        assertThat(owned(List.of(victim))).as("shards of the victim").isPositive();
        int before = run.published();
        victim.freeze();
        try {
            run.awaitPublished(before + 8 * RATE);
            cluster.await("the others to own all shards", LIMIT, () -> owned(others) == shards);
        } finally {
            victim.thaw();
        }

        judge(run);
        cluster.awaitWhole();
    }

    @Test
    @Order(4)
    @DisplayName(
            "F6 N3 the oldest member of the grid, which leads it, for 15 s: the others agree on a new one, gap 9 s, at most 20 s on a busy machine")
    void shouldReplaceFrozenLeader() {
        NodeProcess oldest = cluster.nodes().get(0);
        for (NodeProcess younger : cluster.nodes().subList(1, 3)) {
            younger.stop();
            cluster.add(younger);
        }
        FaultRun run = new FaultRun(cluster, "leader-", BEFORE + 19 * RATE, RATE);
        run.awaitPublished(BEFORE);
        freezeFor(oldest, run, 15);

        judge(run);
        cluster.awaitWhole();
    }

    @Test
    @Order(5)
    @DisplayName(
            "F6 the receiver for so long that the grid has removed it and the broker has not: it notices that it stood still, and"
                    + " commits when the others have it again")
    void shouldNoticeThatItStoodStill() {
        FaultRun run = new FaultRun(cluster, "between-", BEFORE + 10 * RATE, RATE);
        run.awaitPublished(BEFORE);
        NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        double stalls = victim.api().metric(STALLS);
        int before = run.published();
        victim.freeze();
        try {
            run.awaitPublished(before + 11 * RATE / 2);
        } finally {
            victim.thaw();
        }
        cluster.await(
                "the woken node to say that it stood still",
                LIMIT,
                () -> victim.api().metric(STALLS) > stalls);

        judge(run);
        cluster.awaitWhole();
    }

    private static double owned(List<NodeProcess> nodes) {
        return nodes.stream()
                .mapToDouble(node -> node.api().metric("evenkeel_shards_owned"))
                .sum();
    }

    private static void freezeFor(NodeProcess victim, FaultRun run, int seconds) {
        int before = run.published();
        victim.freeze();
        try {
            // The publisher is the clock: it does not wait for nodes.
            run.awaitPublished(before + seconds * RATE);
        } finally {
            victim.thaw();
        }
    }

    private static void judge(FaultRun run) {
        Verdict verdict = run.end();
        assertThat(verdict.gapMs()).as("%s", verdict).isLessThanOrEqualTo(MOST_SILENCE_MS);
    }
}
