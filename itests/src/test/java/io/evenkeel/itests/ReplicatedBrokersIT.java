// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.BrokerPair;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.LockServer;
import io.evenkeel.itests.kit.PairedBroker;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
 * Why {@code ./evenkeel broker files} writes no pair that replicates: what holds of it, and what does not. The real
 * distribution, set up as Artemis' manual has it: a journal each, a real ZooKeeper that says who serves, and nodes that reach
 * both by TLS. Each test begins and ends with one that serves and one that has all it has.
 *
 * <p>Nobody looks for errors in the brokers' logs here: one that waits logs each try to reach the other one as an error.
 */
@DisplayName("A pair of brokers that replicates:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class ReplicatedBrokersIT {
    private static final int RATE = 400;
    private static final int EVENTS = 4_000;
    private static final int BEFORE = 800;
    private static final long MOST_SILENCE_MS = 10_000;
    /** From the last match before the fault to the first one after it: the 18 s of the lock, and what the takeover takes. */
    private static final long MOST_SILENCE_IN_ALL_MS = 40_000;

    private static final String SENDS_FILE = "AMQ221025";
    private static final String GIVES_UP = "AMQ222092";
    private static final Duration SOON = Duration.ofMinutes(1);
    /** Longer than the lock lasts, and much longer than it takes to serve. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(25);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static LockServer locks;
    private static BrokerPair pair;
    private static Cluster cluster;
    private static PairedBroker serving;
    private static PairedBroker waiting;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(ReplicatedBrokersIT.class));
        locks = LockServer.start(EVIDENCE.folder());
        pair = BrokerPair.startReplicated(EVIDENCE.folder(), locks);
        serving = pair.primary();
        waiting = pair.backup();
        cluster = aCluster()
                .withBroker(pair.connection())
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withBatch(100)
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
        // A frozen broker takes connections and says nothing: no TLS comes of it.
        cluster.expectErrors("AMQ214016");
    }

    /** The nodes end first; what a failed start did not come to is null, and left out. */
    @AfterAll
    static void stop() {
        LockServer third = locks;
        BrokerPair second = pair;
        Cluster first = cluster;
        try (third;
                second;
                first) {}
    }

    @Test
    @Order(1)
    @DisplayName("each setting of the distribution keeps what is promised, and nothing is said to weaken the guarantee")
    void shouldKeepEveryPromise() {
        cluster.awaitNoWeakness(SOON);
    }

    @Test
    @Order(2)
    @DisplayName(
            "F10 N15 the primary is killed: the backup takes over, nothing is lost or doubled; the primary comes back and"
                    + " gets all that the backup has")
    void shouldGoOnWithBackup() {
        assertTakenOver("kill-", PairedBroker::kill);
    }

    @Test
    @Order(3)
    @DisplayName("F10 N15 the other one is killed in turn: what came back takes over, nothing is lost or doubled")
    void shouldGoOnWithWhatCameBack() {
        assertTakenOver("turn-", PairedBroker::kill);
    }

    @Test
    @Order(6)
    @DisplayName(
            "F10 N15 the one that waits dies and comes back while the other one serves: nothing is lost or doubled")
    void shouldGoOnWithoutWaiting() {
        FaultRun run = begin("alone-", EVENTS);
        waiting.kill();
        run.awaitProgress();
        waiting.start();
        waiting.awaitWaiting();
        run.end();
        run.assertSilence(MOST_SILENCE_IN_ALL_MS);
    }

    @Test
    @Order(7)
    @DisplayName("F10 N15 the broker that serves is told to stop: the other one takes over, nothing is lost or doubled")
    void shouldHandOver() {
        assertTakenOver("stop-", PairedBroker::stop);
    }

    @Test
    @Order(5)
    @DisplayName(
            "F10 N15 the other one had been away when the one that serves is killed: it waits with its old journal and does"
                    + " not serve; with the one that was killed all goes on, and nothing is lost or doubled")
    void shouldNotServeOldJournal() {
        FaultRun run = begin("old-", 2 * EVENTS);
        waiting.kill();
        run.awaitProgress();
        long killed = System.nanoTime();
        serving.kill();
        waiting.start();
        assertWaitsForOther(run, killed);
    }

    @Test
    @Order(4)
    @DisplayName(
            "F10 N15 the one that serves is killed while the other one catches up: that does not serve; with the one that was"
                    + " killed all goes on, and nothing is lost or doubled")
    void shouldNotServeHalfAJournal() {
        FaultRun run = begin("half-", 2 * EVENTS);
        waiting.kill();
        run.awaitProgress();
        long sent = serving.timesSaid(SENDS_FILE);
        waiting.start();
        cluster.await("files of the journal to be sent", SOON, () -> serving.timesSaid(SENDS_FILE) > sent);
        long killed = System.nanoTime();
        serving.kill();
        assertThat(waiting.timesSaid(BrokerPair.IN_SYNC))
                .as("the one that waits had caught up already")
                .isZero();
        assertWaitsForOther(run, killed);
    }

    @Test
    @Order(8)
    @DisplayName(
            "F10 N15 one comes back with an empty disk: it serves neither beside the other one nor alone, and gets all that"
                    + " the other one has")
    void shouldNotServeNothing() throws IOException {
        FaultRun run = begin("empty-", 2 * EVENTS);
        waiting.kill();
        empty(waiting);
        long killed = System.nanoTime();
        serving.kill();
        waiting.start();
        assertWaitsForOther(run, killed);
    }

    @Test
    @Order(9)
    @DisplayName(
            "a finding, no promise: one that was frozen for longer than its lock lasts stops some time after it woke up; what it"
                    + " takes until then is lost, or done twice")
    void wakesUpWithoutLock() {
        FaultRun run = begin("freeze-", 2 * EVENTS);
        serving.freeze();
        try {
            waiting.awaitServing();
        } finally {
            serving.thaw();
        }
        long thawed = System.nanoTime();
        awaitGone(serving);
        System.out.println("no longer served " + millisSince(thawed) + " ms after it woke up");
        comeBack();
        // Of what was seen none is certain: in one run 20 matches were lost and 25 doubled, in another 15 doubled.
        assertThat(run.whatIsLeft().published()).isEqualTo(2 * EVENTS);
    }

    @Test
    @Order(10)
    @DisplayName(
            "F7 a finding, no promise: a primary that is cut off from the other broker and from the lock manager, but not from"
                    + " its clients, goes on answering alone, and what it answered is lost")
    void commitsAlone() {
        if (serving != pair.primary()) {
            serving.stop();
            waiting.awaitServing();
            comeBack();
        }
        FaultRun run = begin("cut-", 3 * EVENTS);
        long cut = System.nanoTime();
        pair.cutPrimaryOff();
        cluster.await("the primary to give the other one up", SOON, () -> serving.timesSaid(GIVES_UP) > 0);
        int before = run.published();
        waiting.awaitServing();
        int alone = run.published() - before;
        System.out.println("the other one serves " + millisSince(cut) + " ms after the cut");
        pair.joinPrimary();
        awaitGone(serving);
        comeBack();
        Verdict verdict = run.whatIsLeft();
        System.out.println("answered alone: " + alone + " events; matches lost: "
                + verdict.lost().size() + ", seed=" + SEED);
        // How many of them are lost is chance: in one run 383 matches were, in another 3.
        assertThat(alone)
                .as("events that a primary answered alone. If it answers none any more, write such pairs. %s", verdict)
                .isPositive();
    }

    private static FaultRun begin(String prefix, int events) {
        FaultRun run = new FaultRun(cluster, prefix, events, RATE);
        run.awaitPublished(BEFORE);
        return run;
    }

    /** The broker that served comes back, now as the one that waits. */
    private static void comeBack() {
        serving.start();
        PairedBroker other = serving;
        serving = waiting;
        waiting = other;
        waiting.awaitWaiting();
    }

    /** The one that serves ends under load, and comes back. */
    private static void assertTakenOver(String prefix, Consumer<PairedBroker> end) {
        FaultRun run = begin(prefix, EVENTS);
        long gone = System.nanoTime();
        end.accept(serving);
        long serves = waiting.awaitServing();
        comeBack();
        run.endAfterReturn(gone, serves, MOST_SILENCE_MS);
        run.assertSilence(MOST_SILENCE_IN_ALL_MS);
    }

    /** The one that waits does not serve alone; all goes on with the one that served, which was killed at that instant. */
    private static void assertWaitsForOther(FaultRun run, long killedNanos) {
        cluster.hold("a wait without the other broker", LONG_ENOUGH);
        assertThat(waiting.serves()).as("serves:\n%s", waiting.said()).isFalse();
        serving.start();
        long serves = serving.awaitServing();
        waiting.awaitWaiting();
        run.endAfterReturn(killedNanos, serves, MOST_SILENCE_MS);
        run.assertSilenceOutside(killedNanos, serves, MOST_SILENCE_IN_ALL_MS);
    }

    /** Whether it then ends by itself depends on what it was doing. */
    private static void awaitGone(PairedBroker broker) {
        cluster.await("the broker without its lock to stop", SOON, () -> !broker.isAlive() || !broker.serves());
        broker.close();
    }

    private static void empty(PairedBroker broker) throws IOException {
        try (Stream<Path> files = Files.walk(broker.folder().resolve("data"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
