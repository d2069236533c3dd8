// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The broker fails under load:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrokerFaultIT {
    private static final int RATE = 400;
    private static final int EVENTS = 2_400;
    private static final int BEFORE = 800;
    private static final long MOST_SILENCE_MS = Limits.strictly(10_000, 20_000);
    /** Before, during and after the fault, less the time that no broker answered: that is the test's own doing. */
    private static final long MOST_SILENCE_IN_ALL_MS = Limits.strictly(10_000, 20_000);

    /** Hundreds of matches: several batches, and less than the run has. */
    private static final long OUTPUT_BYTES = 400_000;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(BrokerFaultIT.class));
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withBatch(100)
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("F10 N15 kill -9 and restart: nothing is lost or doubled, matches go on within 10 s")
    void shouldGoOnAfterKill() {
        FaultRun run = new FaultRun(cluster, "kill-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long killed = System.nanoTime();
        cluster.broker().kill();
        cluster.broker().restart();
        long back = System.nanoTime();
        run.endAfterReturn(killed, back, MOST_SILENCE_MS);
        run.assertSilenceOutside(killed, back, MOST_SILENCE_IN_ALL_MS);
    }

    @ParameterizedTest(name = "for {0} s")
    @Order(2)
    @ValueSource(ints = {3, 12})
    @DisplayName("F10 N15 frozen: nothing is lost or doubled, matches go on within 10 s")
    void shouldGoOnAfterFreeze(int seconds) {
        FaultRun run = new FaultRun(cluster, "freeze" + seconds + "-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long frozen = System.nanoTime();
        cluster.broker().freeze();
        try {
            cluster.hold("the frozen broker", Duration.ofSeconds(seconds));
        } finally {
            cluster.broker().thaw();
        }
        long back = System.nanoTime();
        run.endAfterReturn(frozen, back, MOST_SILENCE_MS);
        run.assertSilenceOutside(frozen, back, MOST_SILENCE_IN_ALL_MS);
    }

    @Test
    @Order(3)
    @DisplayName(
            "F20 the consumer of matches stops and their address is full: events wait in their queue, and all come later")
    void shouldHoldEventsBackWhileOutputIsFull() {
        cluster.broker().blockAt("running", OUTPUT_BYTES);
        cluster.pauseReading("running", true);
        FaultRun run = new FaultRun(cluster, "full-", 2 * EVENTS, RATE * 2);
        try {
            cluster.await(
                    "events to wait for room in the output",
                    Duration.ofSeconds(40),
                    () -> run.published() == 2 * EVENTS && cluster.broker().depth(FaultRun.QUEUE) > EVENTS / 2);
        } finally {
            cluster.pauseReading("running", false);
        }
        long back = System.nanoTime();
        run.end();
        run.assertFirstMatch(back, MOST_SILENCE_MS);
    }
}
