// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three nodes and one backup; the grid is made to copy slowly. First dies a node that only computes, then the other one
 * that does not receive. What is published in between goes to shards of the second. Of those whose copy went with the first
 * it is logged on that node alone: were its messages acknowledged then, that history would be gone with the second.
 *
 * <p>Keys are new: what the two nodes had before is lost with them in any case.
 */
@DisplayName("A second node is killed while the grid makes the copies that the first one took along:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class SecondKillIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int RATE = 200;
    private static final int ATTEMPTS = 4;
    private static final String SLOW_COPIES = "-Devenkeel.fault.copyInterval=2";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    private static final String PLACE = "event: Place\nfields: {id: string, sensor: string}\n";

    /** Tells where the keys of another query are, without giving that one a history. */
    private static final String PLACED = """
            query: placed
            inputs:
              - {event: Place, key: [sensor], within: 1 hour}
            epl: select sensor from Place
            output: {event: Placed, to: "queue:placed"}
            """;

    private static final int KEYS = 40;

    /** The nodes in the order in which they die; the last one lives. */
    private record Victims(NodeProcess first, NodeProcess second, NodeProcess receiver, List<String> keysOfSecond) {}

    @Test
    @DisplayName("F4 I7 the gate holds: nothing is committed between the two deaths, and no history of it is lost")
    void shouldHoldTheGate() {
        try (Cluster cluster = start("gated")) {
            Victims victims = choose(cluster);
            FaultRun run = killFirst(cluster, victims);
            run.awaitPublished(2 * RATE);
            assertThat(makesCopies(victims)).as("copies are missing still").isTrue();
            assertThat(run.matched()).as("matches between the two deaths").isZero();
            cluster.kill(victims.second());
            cluster.restartDead();

            run.end();
        }
    }

    @Test
    @DisplayName("F4 negative control: without the gate it is committed, and its history is lost")
    void shouldLoseHistoryWithoutGate() {
        Optional<Verdict> verdict = Optional.empty();
        for (int attempt = 1; verdict.isEmpty() && attempt <= ATTEMPTS; attempt++) {
            verdict = killBothWithoutGate("ungated-" + attempt);
        }
        assertThat(verdict)
                .as("of a run with commits while copies were missing")
                .isPresent();
        assertThat(verdict.orElseThrow().complete()).as("%s", verdict).isFalse();
    }

    /**
     * @return empty if the grid had made its copies before anything was committed: while it moves a partition it takes no
     *     appends there, and if it begins with one that every batch needs, no batch goes through
     */
    private static Optional<Verdict> killBothWithoutGate(String folder) {
        try (Cluster cluster = start(folder, "-Devenkeel.fault=NO_GATE")) {
            Victims victims = choose(cluster);
            FaultRun run = killFirst(cluster, victims);
            cluster.await("commits without copies", SOON, () -> run.matched() > RATE);
            if (!makesCopies(victims)) {
                return Optional.empty();
            }
            cluster.kill(victims.second());
            cluster.restartDead();
            return Optional.of(run.outcome());
        }
    }

    private static Cluster start(String folder, String... options) {
        System.out.println("repeat: " + SEED.repeat(SecondKillIT.class));
        String[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = SLOW_COPIES;
        ClusterPlan plan = aCluster()
                .withShards(12)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withDocuments(PLACE)
                .withDocuments(PLACED)
                .withInput(FaultRun.QUEUE, "Reading")
                .withInput("places", "Place")
                .withOutput("running", "placed")
                .withOptions(all);
        // The feed is on one node, and would wait for a new owner if that dies.
        for (String node : List.of("node-1", "node-2", "node-3")) {
            plan.withEnvironment(node, Map.of("EVENKEEL_CLUSTER_FEED", "0"));
        }
        Cluster cluster = plan.start(EVIDENCE.folder().resolve(folder), SEED);
        cluster.expectErrors("lost its log");
        return cluster;
    }

    private static Victims choose(Cluster cluster) {
        SortedMap<String, List<String>> keys = new TreeMap<>();
        for (int key = 0; key < KEYS; key++) {
            String name = "new-" + key;
            keys.computeIfAbsent(ownerOf(cluster, name), owner -> new ArrayList<>())
                    .add(name);
        }
        cluster.publish(
                FaultRun.QUEUE, List.of(new Readings().reading("warm-up", 1).json()));
        NodeProcess receiver = cluster.awaitReceiver(FaultRun.QUEUE);
        List<NodeProcess> others = new ArrayList<>(cluster.nodes());
        others.remove(receiver);
        Collections.shuffle(others, SEED.random("victims"));
        Victims victims = new Victims(
                others.get(0),
                others.get(1),
                receiver,
                keys.getOrDefault(others.get(1).name(), List.of()));
        System.out.println(
                victims.first().name() + " dies, then " + victims.second().name() + " with the keys "
                        + victims.keysOfSecond() + "; " + receiver.name() + " receives");
        assertThat(victims.keysOfSecond()).as("keys of the second").isNotEmpty();
        return victims;
    }

    /** The owner of the shard whose log grows by an event of this key. */
    private static String ownerOf(Cluster cluster, String key) {
        Map<Integer, JsonNode> before = shards(cluster);
        cluster.publish("places", List.of("{\"id\":\"%s\",\"sensor\":\"%s\"}".formatted(key, key)));
        cluster.awaitMatch(
                "the place of " + key,
                SOON,
                match ->
                        match.instance().equals("placed/default") && match.key().equals(key));
        return cluster.awaitFound(
                "the shard of " + key,
                SOON,
                () -> shards(cluster).values().stream()
                        .filter(row -> !row.path("sequence")
                                .equals(before.get(row.path("id").asInt()).path("sequence")))
                        .map(row -> row.path("owner").asText())
                        .findFirst());
    }

    private static Map<Integer, JsonNode> shards(Cluster cluster) {
        Map<Integer, JsonNode> shards = new TreeMap<>();
        cluster.status()
                .orElseThrow()
                .path("shards")
                .forEach(row -> shards.put(row.path("id").asInt(), row));
        return shards;
    }

    /** Publishes from the moment on at which the survivors know. */
    private static FaultRun killFirst(Cluster cluster, Victims victims) {
        cluster.kill(victims.first());
        cluster.await("the survivors to make copies", SOON, () -> makesCopies(victims));
        return new FaultRun(cluster, "new-", victims.keysOfSecond(), 10 * RATE, RATE);
    }

    private static boolean makesCopies(Victims victims) {
        return says(victims.second(), "copies are being made") && says(victims.receiver(), "copies are being made");
    }

    private static boolean says(NodeProcess node, String reason) {
        return node.api()
                .cluster()
                .filter(status -> status.path("reasons").toString().contains(reason))
                .isPresent();
    }
}
