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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A proxy of the tests' own stands between all nodes and the broker. */
@DisplayName("The network between nodes and broker is bad:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class SlowNetworkIT {
    private static final int RATE = 150;
    private static final int SECONDS = 20;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    @Test
    @DisplayName("F9 200 ms late in each direction: nobody takes it for dead, no message comes again, no node is left")
    void shouldBearLatency() {
        try (Cluster cluster = start("slow", plan -> plan.withSlowBroker(Duration.ofMillis(200), 0))) {
            FaultRun run = new FaultRun(cluster, "slow-", SECONDS * RATE, RATE);
            run.end();

            for (NodeProcess node : cluster.nodes()) {
                assertThat(cluster.received(node, FaultRun.QUEUE, "redelivered"))
                        .as("delivered again to " + node.name())
                        .isZero();
                assertThat(cluster.received(node, FaultRun.QUEUE, "rolledBack"))
                        .as("given back by " + node.name())
                        .isZero();
                assertThat(node.logged("Commits wait until its copies")).isZero();
            }
        }
    }

    @Test
    @DisplayName("F9 20 ms late, and one piece of a hundred stands still for up to 2 s: nothing is lost or doubled")
    void shouldBearLosses() {
        try (Cluster cluster = start("lossy", plan -> plan.withSlowBroker(Duration.ofMillis(20), 1))) {
            FaultRun run = new FaultRun(cluster, "lossy-", SECONDS * RATE, RATE);
            run.end();
        }
    }

    private interface Change {
        ClusterPlan of(ClusterPlan plan);
    }

    private static Cluster start(String folder, Change change) {
        System.out.println("repeat: " + SEED.repeat(SlowNetworkIT.class));
        return change.of(aCluster()
                        .withDocuments(Readings.TYPE)
                        .withDocuments(Readings.RUNNING)
                        .withInput(FaultRun.QUEUE, "Reading")
                        .withBatch(100)
                        .withOutput("running"))
                .start(EVIDENCE.folder().resolve(folder), SEED);
    }
}
