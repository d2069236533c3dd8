// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@link NodeKillIT} shows of strict receivers, but for the order. */
@DisplayName("A node is killed while all take events from one queue:")
class RelaxedKillIT {
    private static final int KILLS = 2;
    private static final int KEYS = 40;
    private static final int RATE = 400;
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private final Seed seed = Seed.ofRun();
    private final Random random = seed.random("kills");

    @Test
    @DisplayName("N2 F1 relaxed: each event has one match and counts once")
    void shouldCountEachEventOnce() {
        System.out.println("repeat: " + seed.repeat(RelaxedKillIT.class));
        Readings readings = new Readings();
        List<String> keys = IntStream.range(0, KEYS).mapToObj(key -> "k" + key).toList();
        try (Cluster cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withBatch(100)
                .withOutput("running")
                .relaxed()
                .start(EVIDENCE.folder(), seed)) {
            var load = cluster.publishing(FaultRun.QUEUE, readings.endless(keys, random), RATE);
            for (int kill = 0; kill < KILLS; kill++) {
                cluster.awaitPublished(load, load.published() + 2 * RATE);
                NodeProcess victim =
                        cluster.nodes().get(random.nextInt(cluster.nodes().size()));
                int seen = cluster.matches().size();
                cluster.kill(victim);
                cluster.awaitMatches(seen + 2 * RATE, LIMIT);
                cluster.restart(victim);
            }
            load.end();
            load.await(LIMIT);
            cluster.awaitMatches(readings.published(), LIMIT);
            cluster.awaitDrained();

            List<String> faults = readings.faultsInAnyOrder(cluster.matches());
            System.out.println("relaxed: published=" + readings.published() + " faults=" + faults.size() + " gap="
                    + cluster.silence(Long.MIN_VALUE, match -> true) + " ms seed=" + seed);
            assertThat(faults).as("lost, doubled or invented").isEmpty();
            cluster.rejectErrors(faults);
        }
    }
}
