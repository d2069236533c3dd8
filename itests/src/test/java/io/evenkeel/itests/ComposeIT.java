// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Compose;
import io.evenkeel.itests.kit.ComposedPair;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.Seed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What {@link BrokerPairIT} shows on processes, where something else stands between: Docker, which starts a broker again that
 * ended by itself, and accepts connections for one that waits.
 */
@DisplayName("A pair of brokers that compose runs:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ComposeIT {
    private static final int RATE = 400;
    private static final int EVENTS = 2_400;
    private static final int BEFORE = 800;
    private static final long MOST_SILENCE_MS = 10_000;
    /** From the last match before the fault to the first one after it, takeover included. */
    private static final long MOST_SILENCE_IN_ALL_MS = Limits.strictly(10_000, 30_000);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static ComposedPair pair;
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        Compose.require();
        System.out.println("repeat: " + SEED.repeat(ComposeIT.class));
        pair = ComposedPair.start(EVIDENCE.folder());
        cluster = aCluster()
                .withNodes(2)
                .withBroker(pair.connection())
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withBatch(100)
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
        cluster.rejectErrorsOf(pair::newErrors);
        // Artemis' client, whenever it comes to the port of the one that waits, which Docker opens and closes at once.
        cluster.expectErrors("AMQ214016: Failed to create netty connection");
    }

    /** The nodes end first; what a failed start did not come to is null, and left out. */
    @AfterAll
    static void stop() {
        ComposedPair second = pair;
        Cluster first = cluster;
        try (second;
                first) {}
    }

    @Test
    @Order(1)
    @DisplayName(
            "F10 N15 the container that serves is killed and stays down: the other one takes over, nothing is lost or"
                    + " doubled, matches come within 10 s; compose starts it again, and it waits")
    void shouldGoOnWithBackup() {
        FaultRun run = new FaultRun(cluster, "kill-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long killed = System.nanoTime();
        pair.primary().kill();
        long serves = pair.backup().awaitServing();
        run.endAfterReturn(killed, serves, MOST_SILENCE_MS);
        run.assertSilence(MOST_SILENCE_IN_ALL_MS);
        assertThat(pair.primary().isRunning()).as("it runs again by itself").isFalse();

        pair.up();
        pair.primary().awaitWaiting();
    }

    @Test
    @Order(2)
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    @DisplayName(
            "F10 N15 the broker that serves ends by itself: the other one takes over, nothing is lost or doubled; Docker"
                    + " starts it again, and it waits")
    void shouldStartAgain() {
        pair.backup().awaitServing();
        FaultRun run = new FaultRun(cluster, "crash-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long crashed = System.nanoTime();
        pair.backup().crash();
        long serves = pair.primary().awaitServing();
        run.endAfterReturn(crashed, serves, MOST_SILENCE_MS);
        run.assertSilence(MOST_SILENCE_IN_ALL_MS);
        pair.backup().awaitRestarts(1);
        pair.backup().awaitWaiting();
    }
}
