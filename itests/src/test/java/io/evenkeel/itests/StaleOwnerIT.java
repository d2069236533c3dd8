// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.Readings.Reading;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import io.evenkeel.runtime.plan.KeyHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The thread that serves a request is held between the owner's last look at who owns the shard and its append, as a machine
 * that swaps or a collector may hold it. A node joins meanwhile, takes some of the shards over, and logs there. What is appended then is
 * of an epoch that is past.
 *
 * <p>A whole process that is frozen for so long is not a member any more when it wakes up, and reaches no log but its own.
 */
@DisplayName("An owner stands still before it appends, and wakes up when another node has its shard:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class StaleOwnerIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int SHARDS = 6;
    private static final String OTHERS = "others";
    private static final String HELD = "held-";
    /** So that it joins in less time than a receiver waits for an answer. */
    private static final String BEFORE_IT_JOINS = "Hazelcast is starting";

    private static final String ROLLED_BACK = "rolls back";
    private static final String REFUSED = "evenkeel_refused_appends_total";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    private final Readings readings = new Readings();

    @Test
    @DisplayName("F6 I3 the log refuses it, the new owner is asked, and no match is lost, doubled or wrong")
    void shouldRefuseAStaleWriter() {
        Path folder = EVIDENCE.folder().resolve("guarded");
        try (Cluster cluster = start(folder)) {
            NodeProcess owner = cluster.node("node-1");
            double before = owner.api().metric(REFUSED);

            Verdict verdict = appendTooLate(cluster, folder);

            assertThat(verdict.complete()).as("%s", verdict).isTrue();
            assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
            assertThat(owner.api().metric(REFUSED)).as("appends refused").isGreaterThan(before);
        }
    }

    @Test
    @DisplayName(
            "F6 I3 negative control: without the epoch check it is told that all is well, and what it computed is wrong")
    void shouldGoWrongWithoutEpochs() {
        Path folder = EVIDENCE.folder().resolve("unguarded");
        try (Cluster cluster = start(folder, "-Devenkeel.fault.anyEpoch=true")) {
            Verdict verdict = appendTooLate(cluster, folder, "-Devenkeel.fault.anyEpoch=true");

            assertThat(verdict.complete()).as("%s", verdict).isFalse();
        }
    }

    private static Cluster start(Path folder, String... options) {
        System.out.println("repeat: " + SEED.repeat(StaleOwnerIT.class));
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-Devenkeel.stall=SEATED:" + hold(folder));
        ClusterPlan plan = aCluster()
                .withShards(SHARDS)
                .withStarted(2)
                .withoutReceiversOn("node-1", "node-3")
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(OTHERS, "Reading")
                .withOutput("running")
                .withOptions(all.toArray(String[]::new));
        for (int shard = 0; shard < SHARDS; shard++) {
            plan.withInput(HELD + shard, "Reading");
        }
        return plan.start(folder, SEED);
    }

    private static Path hold(Path folder) {
        return folder.resolve("hold").toAbsolutePath();
    }

    /** @param options of the node that joins */
    private Verdict appendTooLate(Cluster cluster, Path folder, String... options) {
        SortedMap<Integer, String> keys = aKeyOfEachShard();
        publish(cluster, keys.values());
        cluster.awaitMatches(readings.published(), SOON);
        // A confirmation that went alone would be held as well.
        cluster.await("all to be confirmed", SOON, () -> cluster.unconfirmed() == 0);

        NodeProcess owner = cluster.node("node-1");
        NodeProcess joining = cluster.node("node-3");
        joining.start(options);
        cluster.await("the new node to be about to join", SOON, () -> joining.logged(BEFORE_IT_JOINS) > 0);
        joining.freeze();
        SortedSet<String> held = ownedBy(cluster, owner, keys.values());
        // Made in the order in which they are to be logged, and published in the other.
        Map<String, Reading> first = new TreeMap<>();
        held.forEach(key -> first.put(key, readings.reading(key, 1)));
        create(hold(folder));
        keys.forEach((shard, key) -> {
            if (held.contains(key)) {
                cluster.publish(HELD + shard, List.of(readings.reading(key, 2).json()));
            }
        });
        cluster.await("the owner to stand still", SOON, () -> owner.logged("Stands still") == held.size());

        joining.thaw();
        cluster.await(
                "a shard to move",
                SOON,
                () -> ownedBy(cluster, joining, held).size()
                                        + ownedBy(cluster, owner, held).size()
                                == held.size()
                        && !ownedBy(cluster, joining, held).isEmpty());
        SortedSet<String> moved = ownedBy(cluster, joining, held);
        first.forEach((key, reading) -> {
            if (moved.contains(key)) {
                cluster.publish(OTHERS, List.of(reading.json()));
            } else {
                readings.forget(reading.id());
            }
        });
        int overtaken = keys.size() + moved.size();
        cluster.awaitMatches(overtaken, SOON);
        System.out.println("moved " + moved + " of " + held + " while they stood still");
        assertThat(cluster.node("node-2").logged(ROLLED_BACK))
                .as("requests given up")
                .isZero();
        delete(hold(folder));

        cluster.awaitMatches(overtaken + held.size(), SOON);
        cluster.awaitWhole();
        publish(cluster, keys.values());
        cluster.awaitMatches(readings.published(), SOON);
        cluster.awaitDrained();
        return cluster.judge(readings.published(), readings.running());
    }

    private static SortedMap<Integer, String> aKeyOfEachShard() {
        SortedMap<Integer, String> keys = new TreeMap<>();
        for (int i = 0; keys.size() < SHARDS; i++) {
            keys.putIfAbsent(KeyHash.shardOf(List.of("k" + i), SHARDS), "k" + i);
        }
        return keys;
    }

    private void publish(Cluster cluster, Collection<String> keys) {
        cluster.publish(
                OTHERS,
                keys.stream().map(key -> readings.reading(key, 3).json()).toList());
    }

    private static SortedSet<String> ownedBy(Cluster cluster, NodeProcess node, Collection<String> keys) {
        return cluster.keysByOwner(List.copyOf(keys)).getOrDefault(node.name(), new TreeSet<>());
    }

    private static void create(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to make " + file + ", but could not", e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to delete " + file + ", but could not", e);
        }
    }
}
