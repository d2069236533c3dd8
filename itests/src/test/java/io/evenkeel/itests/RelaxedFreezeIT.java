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
import io.evenkeel.runtime.plan.KeyHash;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * SIGSTOP of a node while all nodes compete for one queue: what it has no copy of goes on at once, the rest takes a detour and
 * comes when it is out.
 */
@DisplayName("A node is frozen under load, with relaxed receivers:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class RelaxedFreezeIT {
    private static final int RATE = 300;
    private static final int BEFORE = 900;
    private static final int KEYS = 60;
    private static final int SHARDS = 32;
    /** With two copies on three nodes a node has a copy of two thirds of them, give or take two. */
    private static final int MOST_DETOURED = 24;

    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** 1 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final long MOST_SILENCE_MS = Limits.strictly(1_000, 5_000);

    private static final Pattern DETOURED = Pattern.compile("takes a detour\\. shards=\\[([0-9, ]*)]");
    private static final String RING_HELD_UP = "A copy of the feed of matches is on a silent node";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;
    private static int freezes;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(RelaxedFreezeIT.class));
        cluster = aCluster()
                .withShards(SHARDS)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withOutput("running")
                .relaxed()
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @DisplayName(
            "F6 relaxed: the youngest node, then the oldest, for 8 s: nothing is lost or doubled, and keys without a copy on it go"
                    + " on within 1 s, at most 5 s on a busy machine")
    void shouldLetOthersFlowAroundFrozenNode() {
        long longest = Math.max(gapWhileFrozen("node-3"), gapWhileFrozen("node-1"));
        // It has two copies on three nodes, not always on the same: each time that a node is removed they move.
        for (Iterator<String> more = List.of("node-2", "node-3", "node-1").iterator();
                ringsHeldUp() == 0 && more.hasNext(); ) {
            longest = Math.max(longest, gapWhileFrozen(more.next()));
        }

        assertThat(ringsHeldUp())
                .as("how often the ring of the feed had a copy on the frozen node")
                .isPositive();
        assertThat(longest)
                .as("longest silence of keys without a copy on the frozen node")
                .isLessThanOrEqualTo(MOST_SILENCE_MS);
    }

    private static long ringsHeldUp() {
        return cluster.nodes().stream()
                .mapToLong(node -> node.logged(RING_HELD_UP))
                .sum();
    }

    /** Returns the longest silence of the keys that have no copy on the frozen node, in ms. */
    private static long gapWhileFrozen(String name) {
        String prefix = "around-" + name + "-" + ++freezes + "-";
        List<String> keys =
                IntStream.range(0, KEYS).mapToObj(key -> prefix + key).toList();
        Readings readings = new Readings();
        int events = BEFORE + 20 * RATE;
        var publishing = cluster.publishing(
                FaultRun.QUEUE, readings.lines(keys, events, cluster.seed().random(prefix)), RATE);
        cluster.awaitPublished(publishing, BEFORE);
        NodeProcess victim = cluster.node(name);
        List<NodeProcess> others =
                cluster.nodes().stream().filter(node -> node != victim).toList();

        Map<NodeProcess, Integer> told = new HashMap<>();
        others.forEach(node -> told.put(node, detours(name, node).size()));
        long frozenNanos = System.nanoTime();
        victim.freeze();
        try {
            cluster.hold("the freeze", Duration.ofSeconds(8));
        } finally {
            victim.thaw();
        }
        publishing.await(LIMIT);
        cluster.awaitCount("a match of each event", events, LIMIT, match -> isOf(prefix, match));
        cluster.awaitWhole();
        cluster.awaitDrained();

        assertThat(readings.faultsInAnyOrder(cluster.matches().stream()
                        .filter(match -> isOf(prefix, match))
                        .toList()))
                .as("lost, doubled or invented")
                .isEmpty();
        SortedSet<Integer> detoured = detoured(name, told);
        assertThat(detoured).as("shards on a detour").isNotEmpty().hasSizeLessThanOrEqualTo(MOST_DETOURED);
        long gap = silence(frozenNanos, match -> isOf(prefix, match) && !detoured.contains(shardOf(match)));
        long detourGap = silence(frozenNanos, match -> isOf(prefix, match) && detoured.contains(shardOf(match)));
        System.out.printf(
                "frozen=%s published=%d detoured-shards=%d gap-of-others-ms=%d gap-of-detoured-ms=%d seed=%s%n",
                name, events, detoured.size(), gap, detourGap, SEED);
        return gap;
    }

    /** From the freeze on, with the time until the first match. */
    private static long silence(long frozenNanos, Predicate<ReceivedMatch> kind) {
        return Math.max(cluster.firstAfter(frozenNanos, kind), cluster.silence(frozenNanos, kind));
    }

    private static boolean isOf(String prefix, ReceivedMatch match) {
        return match.key().startsWith(prefix);
    }

    private static int shardOf(ReceivedMatch match) {
        return KeyHash.shardOf(List.of(match.key()), SHARDS);
    }

    /** @param before of each node, how many detours around that node it had told of before the freeze */
    private static SortedSet<Integer> detoured(String silent, Map<NodeProcess, Integer> before) {
        SortedSet<Integer> shards = new TreeSet<>();
        before.forEach((node, known) -> {
            for (String line : detours(silent, node).stream().skip(known).toList()) {
                Matcher matcher = DETOURED.matcher(line);
                assertThat(matcher.find()).as(line).isTrue();
                for (String shard : matcher.group(1).split(", ")) {
                    shards.add(Integer.valueOf(shard));
                }
            }
        });
        return shards;
    }

    private static List<String> detours(String silent, NodeProcess node) {
        return node.linesWith("Node " + silent + " is silent");
    }
}
