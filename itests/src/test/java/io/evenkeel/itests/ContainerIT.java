// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.ContainerCluster;
import io.evenkeel.itests.kit.Containers;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeContainer;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A node in a container:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainerIT {
    private static final int RATE = 300;
    private static final int BEFORE = 600;
    private static final long MOST_SILENCE_MS = Boolean.getBoolean("evenkeel.strict") ? 9_000 : 20_000;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static ContainerCluster cluster;

    @BeforeAll
    static void start() {
        Containers.require();
        System.out.println("repeat: " + SEED.repeat(ContainerIT.class));
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withOutput("running")
                .startInContainers(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    @DisplayName("F1 is killed under load")
    void shouldLoseNothingWhenKilled() {
        FaultRun run = new FaultRun(cluster, "killed-", 3_000, RATE);
        run.awaitPublished(BEFORE);
        NodeContainer victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        victim.kill();
        run.awaitProgress();
        cluster.restart(victim);

        Verdict verdict = run.end();
        assertThat(verdict.gapMs()).as("%s", verdict).isLessThanOrEqualTo(MOST_SILENCE_MS);
    }
}
