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
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes of three at first. With one node of three nothing is committed: that is the price of the majority. */
@DisplayName("Nodes come and go in good order, under load:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class RollingRestartIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int RATE = 200;
    private static final int SHARDS = 32;
    /** 1 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final long MOST_SILENCE_MS = Limits.strictly(1_000, 10_000);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(RollingRestartIT.class));
        cluster = aCluster()
                .withStarted(2)
                .withShards(SHARDS)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("N19 F14 from two to three, to one, and to three again: shards move, order and history are kept,"
            + " N9 and one alone commits nothing and says why")
    void shouldKeepHistoryWhileNodesComeAndGo() {
        List<NodeProcess> nodes = cluster.nodes();
        FaultRun run = new FaultRun(cluster, "come-", 45 * RATE, RATE);
        awaitEqualShares(nodes.get(0), nodes.get(1));
        run.awaitPublished(2 * RATE);
        long begun = System.nanoTime();
        cluster.add(nodes.get(2));
        awaitEqualShares(nodes.get(0), nodes.get(1), nodes.get(2));
        run.awaitProgress();

        nodes.get(0).stop();
        cluster.awaitSafe(2);
        awaitEqualShares(nodes.get(1), nodes.get(2));
        run.awaitProgress();
        long silence = cluster.silence(begun, match -> true);
        System.out.println("from two to three to two: gap " + silence + " ms");
        assertThat(silence).as("silence while one came and one went").isLessThanOrEqualTo(MOST_SILENCE_MS);

        nodes.get(1).stop();
        cluster.await(
                "the last node to say that it is in a minority",
                SOON,
                () -> nodes.get(2)
                        .api()
                        .cluster()
                        .filter(status -> status.path("reasons").toString().contains("minority: 1 of 3 nodes"))
                        .isPresent());
        cluster.awaitRead();
        int matched = run.matched();
        int published = run.published();
        run.awaitPublished(published + 2 * RATE);
        cluster.awaitRead();
        assertThat(run.matched()).as("matches while one node was alone").isEqualTo(matched);

        nodes.get(0).start();
        nodes.get(1).start();
        cluster.awaitWhole();
        awaitEqualShares(nodes.get(0), nodes.get(1), nodes.get(2));
        run.end();
    }

    @Test
    @Order(2)
    @DisplayName("N18 N1 F14 all three are restarted in turn: nothing is lost or doubled, no work is done twice")
    void shouldDoNoWorkTwiceInRollingRestart() {
        cluster.restartDead();
        FaultRun run = new FaultRun(cluster, "rolling-", 40 * RATE, RATE);
        run.awaitPublished(RATE);
        // Of what nodes did before this run nothing counts.
        long returned =
                -cluster.nodes().stream().mapToLong(RollingRestartIT::returned).sum();
        for (NodeProcess node : cluster.nodes()) {
            returned += returned(node);
            node.stop();
            assertThat(node.exitCode()).as("exit code of %s", node.name()).isIn(0, 143);
            cluster.add(node);
            run.awaitProgress();
        }
        Verdict verdict = run.end();
        returned +=
                cluster.nodes().stream().mapToLong(RollingRestartIT::returned).sum();
        System.out.println("rolling restart: returned " + returned + ", gap " + verdict.gapMs() + " ms");
        assertThat(returned).as("messages that were given back, or came again").isZero();
        assertThat(verdict.gapMs()).as("%s", verdict).isLessThanOrEqualTo(MOST_SILENCE_MS);
    }

    /** Wait until each shard is owned by one of these nodes, which all of them say, and none has more than its share. */
    private static void awaitEqualShares(NodeProcess... nodes) {
        int share = SHARDS / nodes.length;
        cluster.await("equal shares of the shards for " + List.of(nodes), SOON, () -> {
            Map<String, Long> owned = Stream.of(nodes).collect(Collectors.toMap(NodeProcess::name, node ->
                    (long) node.api().metric("evenkeel_shards_owned")));
            return owned.values().stream().mapToLong(Long::longValue).sum() == SHARDS
                    && owned.values().stream().allMatch(count -> count == share || count == share + 1)
                    && Stream.of(nodes).allMatch(node -> owners(node).equals(owned));
        });
    }

    /** How many shards each node owns, as one sees it. */
    private static Map<String, Long> owners(NodeProcess node) {
        return node.api().cluster().stream()
                .flatMap(status -> StreamSupport.stream(status.path("shards").spliterator(), false))
                .collect(Collectors.groupingBy(shard -> shard.path("owner").asText(), Collectors.counting()));
    }

    private static long returned(NodeProcess node) {
        return cluster.received(node, FaultRun.QUEUE, "rolledBack")
                + cluster.received(node, FaultRun.QUEUE, "redelivered");
    }
}
