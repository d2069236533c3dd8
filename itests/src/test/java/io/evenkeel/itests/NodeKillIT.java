// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All on one cluster, one after the other: what an earlier fault left behind would show in a later one. */
@DisplayName("A node is killed with kill -9:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeKillIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int KILLS = 4;
    private static final int RATE = 500;
    /** 2 s on a machine of one's own. The load goes on until each victim is back, so that nothing hides a silence. */
    private static final long MOST_SILENCE_MS = Limits.strictly(2_000, 10_000);

    private static final int QUIET_SECONDS = 20;

    private static final String PAIR = """
            query: pair
            inputs:
              - {event: Step, key: [item], within: 1 hour}
            epl: |
              select a.n as n1, b.n as n2
              from pattern [every a=Step(kind = 'A') -> b=Step(kind = 'B') where timer:within(1 hour)]
            output: {event: Pair, to: "queue:pairs"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(NodeKillIT.class));
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withDocuments(Steps.TYPE)
                .withDocuments(PAIR)
                .withDocuments(Steps.quiet(QUIET_SECONDS))
                .withInput("readings", "Reading")
                .withInput("steps", "Step")
                .withOutput("running", "pairs", "quiet")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "N2 F1 N13 of random nodes under load: each event counts once, the matches of a key are in queue order, gap 2 s, at most"
                    + " 10 s on a busy machine")
    void shouldProcessEachEventOnceInOrder() {
        Random random = SEED.random("kills");
        FaultRun run = FaultRun.open(cluster, "kills-", RATE);
        for (int kill = 0; kill < KILLS; kill++) {
            run.awaitPublished(run.published() + RATE / 2 + random.nextInt(RATE));
            NodeProcess victim =
                    cluster.nodes().get(random.nextInt(cluster.nodes().size()));
            System.out.println("kill " + victim.name() + " after " + run.published() + " events");
            cluster.kill(victim);
            run.awaitProgress();
            cluster.restart(victim);
        }
        run.end();
        run.assertSilence(MOST_SILENCE_MS);
    }

    @Test
    @Order(2)
    @DisplayName(
            "N4 a match of an event that the dead node received, committed and evaluated, and of one that a survivor did, comes")
    void shouldMatchAcrossTheKill() {
        List<String> keys = keys("m", 24);
        NodeProcess victim = publishAndCommit(Steps.lines(keys, "A", 1));
        SortedSet<String> evaluated = keysOf(victim, keys);
        cluster.kill(victim);
        cluster.publish("steps", Steps.lines(keys, "B", 2));

        for (String key : keys) {
            ReceivedMatch match = cluster.awaitMatch("the pair of " + key, SOON, of("pair/default", key));
            assertThat(match.body()).isEqualTo("{\"n1\":1,\"n2\":2}");
        }
        assertThat(cluster.keysByOwner(List.copyOf(evaluated)))
                .as("owners of the dead node's keys")
                .isNotEmpty()
                .doesNotContainKey(victim.name());
        cluster.restart(victim);
        cluster.awaitDrained();
        assertThat(cluster.matches().stream().filter(match -> match.instance().equals("pair/default")))
                .hasSize(keys.size());
    }

    @Test
    @Order(3)
    @DisplayName("N17 a timer of keys that the dead node evaluated fires on a survivor, once")
    void shouldFireTimersOnce() {
        boolean shown = false;
        for (int attempt = 1; !shown; attempt++) {
            // On a slow machine the node may live to see its timers fire, and then nothing is shown.
            assertThat(attempt).as("attempts to kill a node before its timers").isLessThanOrEqualTo(3);
            shown = killBeforeTimers(keys("q" + attempt + "-", 24));
        }
    }

    /** @return whether the node died before the timers of the keys that it evaluated, so that a survivor must have fired them */
    private static boolean killBeforeTimers(List<String> keys) {
        long publishedNanos = System.nanoTime();
        NodeProcess victim = publishAndCommit(Steps.lines(keys, "T", 3));
        SortedSet<String> evaluated = keysOf(victim, keys);
        long killed = System.nanoTime();
        cluster.kill(victim);
        boolean beforeTheirTime = killed - publishedNanos < TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        System.out.println(
                "timers of " + QUIET_SECONDS + " s, " + evaluated.size() + " keys on the victim, killed after "
                        + TimeUnit.NANOSECONDS.toMillis(killed - publishedNanos) + " ms");

        for (String key : keys) {
            ReceivedMatch match = cluster.awaitMatch("the silence of " + key, SOON, of("quiet/default", key));
            assertThat(match.body()).isEqualTo("{\"n\":3}");
            assertThat(Steps.inTime(match, publishedNanos, QUIET_SECONDS))
                    .as("%s %s ms after its event", key, (match.arrivedNanos() - publishedNanos) / 1_000_000)
                    .isTrue();
            if (evaluated.contains(key) && beforeTheirTime) {
                assertThat(match.arrivedNanos())
                        .as("%s, which the dead node evaluated, after its death", key)
                        .isGreaterThan(killed);
            }
        }
        cluster.restart(victim);
        cluster.awaitDrained();
        assertThat(cluster.matches().stream()
                        .filter(match -> match.instance().equals("quiet/default") && keys.contains(match.key())))
                .hasSize(keys.size());
        return beforeTheirTime && !evaluated.isEmpty();
    }

    @Test
    @Order(4)
    @DisplayName(
            "N5 what was delivered to the dead node and not finished is delivered again, all of it, to another one")
    void shouldSeeRedelivery() {
        // Goes on until the node is dead: how long it takes to find the receiver and to freeze it is up to the machine.
        FaultRun run = FaultRun.open(cluster, "again-", 400);
        run.awaitPublished(100);
        // Who receives now: another one may have it since, because its priority is higher and nothing came in between.
        NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        long before = redelivered(victim);
        // Frozen, so that it certainly holds messages that it has not finished.
        victim.freeze();
        run.awaitPublished(run.published() + 200);
        long held = cluster.broker().inDelivery(FaultRun.QUEUE);
        cluster.kill(victim);
        run.endLoad();
        assertThat(held).as("messages that the frozen node had").isPositive();
        cluster.await(
                held + " messages that survivors were told to have been delivered before",
                SOON,
                () -> redelivered(victim) - before >= held);
        cluster.restart(victim);
        run.end();
    }

    /** Wait until the broker has the commit of each of these events, and name the node that committed most of them. */
    private static NodeProcess publishAndCommit(List<String> steps) {
        Map<NodeProcess, Long> before =
                cluster.nodes().stream().collect(Collectors.toMap(Function.identity(), NodeKillIT::committed));
        cluster.publish("steps", steps);
        cluster.await(
                "a commit of each event",
                SOON,
                () -> cluster.broker().depth("steps") == 0
                        && cluster.nodes().stream()
                                        .mapToLong(node -> committed(node) - before.getOrDefault(node, 0L))
                                        .sum()
                                >= steps.size());
        return cluster.nodes().stream()
                .max(Comparator.comparingLong(node -> committed(node) - before.getOrDefault(node, 0L)))
                .orElseThrow();
    }

    private static long committed(NodeProcess node) {
        return cluster.received(node, "steps", "committed");
    }

    /** Those that the node evaluates; fails if there are none. */
    private static SortedSet<String> keysOf(NodeProcess owner, List<String> keys) {
        SortedSet<String> owned = cluster.keysByOwner(keys).getOrDefault(owner.name(), new TreeSet<>());
        System.out.println(owner.name() + " receives, and evaluates " + owned);
        assertThat(owned).as("keys that %s evaluates", owner.name()).isNotEmpty();
        return owned;
    }

    private static long redelivered(NodeProcess victim) {
        return cluster.nodes().stream()
                .filter(node -> node != victim && node.isAlive())
                .mapToLong(node -> cluster.received(node, "readings", "redelivered"))
                .sum();
    }

    private static Predicate<ReceivedMatch> of(String instance, String key) {
        return match -> match.instance().equals(instance) && match.key().equals(key);
    }

    private static List<String> keys(String prefix, int count) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(prefix + i);
        }
        return keys;
    }
}
