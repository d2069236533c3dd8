// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.CrashPoint;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One cluster for all points. Two of its nodes have receivers: the one that is to die is made the receiver by stopping the
 * other. The third has none, so that it is an owner only, whose answers cross the net.
 */
@DisplayName("A node halts under load")
class CrashPointIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    /** More than enough for as many batches as a node may pass a point. */
    private static final int EVENTS = 50 * 15;

    private static final int KEYS = 40;
    private static final int RATE = 600;
    private static final int MOST_PASSINGS = 12;
    private static final String QUEUE = "readings";
    private static final String OWNER_ONLY = "node-3";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static final Random RANDOM = SEED.random("crash points");
    private static final Readings READINGS = new Readings();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(CrashPointIT.class));
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(QUEUE, "Reading")
                .withBatch(50)
                .withOutput("running")
                .withoutReceiversOn(OWNER_ONLY)
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest(name = "at {0}, as the receiver and an owner")
    @DisplayName("N6 N10 F2 each match is published once")
    @EnumSource(CrashPoint.class)
    void shouldPublishOnceAfterReceiverCrash(CrashPoint point) {
        cluster.publish(QUEUE, READINGS.lines(20, KEYS, RANDOM));
        NodeProcess receiver = cluster.awaitReceiver(QUEUE);
        NodeProcess standby = cluster.nodes().stream()
                .filter(node -> node != receiver && !node.name().equals(OWNER_ONLY))
                .findFirst()
                .orElseThrow();
        // A queue stays with its receiver; so the armed node gets it only when the other one has left in good order,
        // and keeps
        // it only if a message came before the other one, whose priority may be higher, is back.
        arm(standby, point);
        cluster.awaitConnected(standby, QUEUE);
        receiver.stop();
        standby.expectEnd();
        Publishing publishing = load();
        cluster.await(
                standby.name() + " to have the queue",
                SOON,
                () -> !standby.isAlive() || cluster.received(standby, QUEUE, "received") > 0);
        receiver.start();

        judgeAfterDeath(standby, publishing);
    }

    @ParameterizedTest(name = "at {0}, as an owner without receivers")
    @DisplayName("N6 N10 F2 each match is published once")
    @EnumSource(names = {"ASKED", "SEATED", "APPENDED", "APPLIED", "REPLIED"})
    void shouldPublishOnceAfterOwnerCrash(CrashPoint point) {
        NodeProcess owner = cluster.node(OWNER_ONLY);
        arm(owner, point);
        owner.expectEnd();

        judgeAfterDeath(owner, load());
    }

    /** Start a node so that it will die; the victim of the case before is still dead, and comes back here. */
    private static void arm(NodeProcess node, CrashPoint point) {
        if (node.isAlive()) {
            cluster.restartDead();
            node.stop();
        }
        // An owner that is asked for the first time has answered nothing.
        int first = point == CrashPoint.ASKED ? 2 : 1;
        cluster.restart(node, point.armed(first + RANDOM.nextInt(MOST_PASSINGS)));
    }

    private static Publishing load() {
        return cluster.publishing(QUEUE, READINGS.lines(EVENTS, KEYS, RANDOM), RATE);
    }

    private static void judgeAfterDeath(NodeProcess armed, Publishing publishing) {
        int exitCode = cluster.awaitDeath(armed, SOON);
        publishing.await(SOON);
        cluster.awaitMatches(READINGS.published(), SOON);
        cluster.awaitDrained();

        Verdict verdict = cluster.judge(READINGS.published(), READINGS.running());
        assertThat(exitCode).as("exit code of %s", armed.name()).isEqualTo(CrashPoint.EXIT_CODE);
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
    }
}
