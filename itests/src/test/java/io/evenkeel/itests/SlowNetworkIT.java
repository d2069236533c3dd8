// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Machine;
import io.evenkeel.itests.kit.Networks;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Proxies of the tests' own stand between all nodes and the broker, or between the nodes; packets are lost by iptables. */
@DisplayName("The network is bad:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class SlowNetworkIT {
    private static final int NODES = 3;
    private static final int RATE = 150;
    private static final int SECONDS = 20;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    @Test
    @DisplayName(
            "F9 200 ms late in each direction between nodes and broker: nobody takes it for dead, no message comes again, no node is left")
    void shouldBearLatency() {
        try (Cluster cluster = start("slow", plan -> plan.withSlowBroker(Duration.ofMillis(200), 0))) {
            FaultRun run = new FaultRun(cluster, "slow-", SECONDS * RATE, RATE);
            run.end();
            expectNoFailover(cluster);
        }
    }

    @Test
    @DisplayName(
            "F9 20 ms late between nodes and broker, and one piece of a hundred stands still for up to 2 s: nothing is lost or doubled")
    void shouldBearLosses() {
        try (Cluster cluster = start("lossy", plan -> plan.withSlowBroker(Duration.ofMillis(20), 1))) {
            FaultRun run = new FaultRun(cluster, "lossy-", SECONDS * RATE, RATE);
            run.end();
        }
    }

    @Test
    @DisplayName("F9 200 ms there and back between all nodes: nobody is taken for dead, no message comes again")
    void shouldBearLatencyBetweenNodes() {
        Machine.require(Networks.missing());
        try (Networks networks = Networks.create(NODES);
                Cluster cluster = start("slow-grid", plan -> plan.withSlowableGrid(networks))) {
            assertThat(cluster.gridConnections()).as("ways between nodes").isGreaterThanOrEqualTo(NODES);
            cluster.slowGrid(Duration.ofMillis(100), 0);
            FaultRun run = new FaultRun(cluster, "slow-", SECONDS * RATE, RATE);
            Verdict verdict = run.end();

            System.out.println("slow grid: gap " + verdict.gapMs() + " ms");
            expectNoFailover(cluster);
        }
    }

    @Test
    @DisplayName("F9 two of a hundred packets between nodes are lost: nothing else is, or doubled")
    void shouldBearLossesBetweenNodes() {
        Machine.require(Networks.missing());
        try (Networks networks = Networks.create(NODES);
                Cluster cluster = start("lossy-grid", plan -> plan.withNetworks(networks))) {
            for (int node = 0; node < NODES; node++) {
                networks.loseFromNodes(node, 0.02);
            }
            FaultRun run = new FaultRun(cluster, "lossy-", SECONDS * RATE, RATE);
            Verdict verdict = run.end();

            System.out.println("lossy grid: " + networks.lost() + " packets lost, gap " + verdict.gapMs()
                    + " ms, nodes that were taken for dead: " + left(cluster));
            assertThat(networks.lost()).as("packets that were lost").isPositive();
        }
    }

    private static long left(Cluster cluster) {
        return cluster.nodes().stream()
                .mapToLong(node -> node.logged("Commits wait until its copies"))
                .sum();
    }

    private static void expectNoFailover(Cluster cluster) {
        for (NodeProcess node : cluster.nodes()) {
            assertThat(cluster.received(node, FaultRun.QUEUE, "redelivered"))
                    .as("delivered again to " + node.name())
                    .isZero();
            assertThat(cluster.received(node, FaultRun.QUEUE, "rolledBack"))
                    .as("given back by " + node.name())
                    .isZero();
        }
        assertThat(left(cluster)).as("nodes that were taken for dead").isZero();
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
