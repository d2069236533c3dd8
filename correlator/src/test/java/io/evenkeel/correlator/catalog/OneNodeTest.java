// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogRules;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What a node asks of its disk, its compiler and the register, and how often. */
@Timeout(60)
class OneNodeTest {
    private static final Duration LOOK = Duration.ofMillis(500);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.evenkeel.correlator.catalog");

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(Level.OFF);
    }

    /** Time that passes when somebody says so. */
    private static final class SteppedPace implements Pace {
        private long nanos;

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public void pause(Duration time) {
            nanos += time.toNanos();
        }
    }

    private long stackTraces() {
        return log.list.stream()
                .filter(event ->
                        event.getThrowableProxy() != null && event.getLevel().isGreaterOrEqual(Level.INFO))
                .count();
    }

    @Test
    @DisplayName(
            "while the disk is full it is tried ever more seldom, and told once; when there is room the catalog is on it")
    void shouldNotHammerAFullDisk() {
        SteppedPace pace = new SteppedPace();
        OneNode node = new OneNode(pace, Duration.ofSeconds(5));
        node.diskFull = true;
        assertThat(node.catalog.current().revision()).isZero();
        node.register.replace(committed(node, "a"));
        int stores = node.stores.get();
        int reads = node.reads.get();

        for (int i = 0; i < 240; i++) {
            node.catalog.look();
            pace.pause(LOOK);
        }

        assertThat(node.catalog.node().trouble()).contains("No space left");
        assertThat(node.catalog.current().revision()).isEqualTo(1);
        // 2 minutes: 0.5, 1, 2, 4, 8 and then every 10 s.
        assertThat(node.stores.get() - stores).isBetween(10, 20);
        assertThat(node.reads.get() - reads).isBetween(10, 20);
        assertThat(stackTraces()).isEqualTo(1);

        node.diskFull = false;
        for (int i = 0; i < 21; i++) {
            node.catalog.look();
            pace.pause(LOOK);
        }
        assertThat(node.catalog.node().trouble()).isEmpty();
        assertThat(node.catalog.node().kept().catalog().revision()).isEqualTo(1);
    }

    @Test
    @DisplayName("what a node cannot run it tries ever more seldom, too, and at once when something else is in force")
    void shouldNotHammerTheCompiler() {
        SteppedPace pace = new SteppedPace();
        OneNode node = new OneNode(pace, Duration.ofSeconds(5));
        node.compiles = false;
        node.register.replace(committed(node, "a"));

        for (int i = 0; i < 240; i++) {
            assertThatIllegalStateException().isThrownBy(() -> lookUntilTried(node, pace));
            if (pace.nanos() > Duration.ofMinutes(2).toNanos()) {
                break;
            }
        }
        assertThat(node.compiled.get()).isBetween(10, 20);
        assertThat(stackTraces()).isEqualTo(1);

        node.compiles = true;
        node.register.replace(committed(node, "b"));
        node.catalog.look();
        assertThat(node.catalog.current().revision()).isEqualTo(2);
    }

    private static void lookUntilTried(OneNode node, SteppedPace pace) {
        for (int i = 0; i < 30; i++) {
            pace.pause(LOOK);
            node.catalog.look();
        }
    }

    /** The register with one more change in force, as another node puts it there. */
    private static RegisterState committed(OneNode node, String id) {
        RegisterState now = node.register.read();
        CatalogSnapshot base = now.catalog().snapshot();
        CatalogSnapshot next =
                CatalogRules.apply(base, id.equals("a") ? OneNode.query() : List.of(OneNode.eventType("Other")));
        OpenChange change = new OpenChange(id, 1, "f", base.revision(), "other#1", "other", List.of("one#1"));
        RegisterState open = node.register.replace(now.opened(change));
        return open.committed(change, CatalogBytes.of(next), change.committed("other", List.of()));
    }

    @Test
    @DisplayName("to warm up means to compile and not to deploy; a proposed change is tried in an engine")
    void shouldNotDeployToWarmUp() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        CatalogBytes next = CatalogBytes.of(CatalogRules.apply(CatalogSnapshot.EMPTY, OneNode.query()));

        Answer warm =
                node.catalog.node().answer(new Question(Question.Kind.PREPARE, "", 0, next.revision(), next.bytes()));

        assertThat(warm.state()).isEqualTo(NodeState.PREPARED);
        assertThat(node.compiled).hasValue(1);
        assertThat(node.opened).hasValue(0);
        node.catalog.node().answer(new Question(Question.Kind.PREPARE, "c", 1, next.revision(), next.bytes()));
        assertThat(node.compiled).hasValue(1);
        assertThat(node.opened).hasValue(1);
    }

    @Test
    @DisplayName("what did not compile is not known: it is tried again before a change takes its turn")
    void shouldNotKnowWhatDidNotCompile() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        CatalogSnapshot next = CatalogRules.apply(CatalogSnapshot.EMPTY, OneNode.query());
        node.compiles = false;
        assertThatIllegalStateException().isThrownBy(() -> node.plans.plan(next, Duration.ofSeconds(1)));
        assertThat(node.plans.knows(next)).isFalse();

        node.compiles = true;
        node.plans.plan(next, Duration.ofSeconds(1));
        assertThat(node.plans.knows(next)).isTrue();
    }

    @Test
    @DisplayName("who asks for the latest state gets the one that this node has decoded already, if it is the same")
    void shouldGiveItsOwnIfItIsTheLatest() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        node.catalog.change(ChangeRequest.of(OneNode.query()));
        assertThat(node.catalog.latest()).isSameAs(node.current());

        node.register.replace(committed(node, "b"));
        assertThat(node.current().revision()).isEqualTo(1);
        assertThat(node.catalog.latest().revision()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "a change that another node runs is awaited aside: others of this node pass it, and the register is not read")
    void shouldNotWaitInItsTurn() throws Exception {
        CountDownLatch looks = new CountDownLatch(20);
        Pace machine = Pace.ofMachine();
        OneNode node = new OneNode(
                new Pace() {
                    @Override
                    public long nanos() {
                        return machine.nanos();
                    }

                    @Override
                    public void pause(Duration time) {
                        looks.countDown();
                        machine.pause(time);
                    }
                },
                Duration.ofSeconds(20));
        OpenChange others = new OpenChange("a", 1, "f", 0, "other#1", "other", List.of("one#1"));
        node.register.replace(node.register.read().opened(others));
        int reads = node.reads.get();

        CompletableFuture<ChangeOutcome> waiting = CompletableFuture.supplyAsync(
                () -> node.catalog.change(new ChangeRequest("a", "f", base -> List.of(OneNode.eventType("A")))));
        assertThat(looks.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(node.reads.get() - reads).isLessThan(5);
        CompletableFuture<ChangeOutcome> other = CompletableFuture.supplyAsync(
                () -> node.catalog.change(ChangeRequest.of(List.of(OneNode.eventType("B")))));
        assertThat(other.get(10, TimeUnit.SECONDS).record().revision()).isEqualTo(1);
        assertThat(waiting).isNotDone();

        RegisterState now = node.register.read();
        node.register.replace(now.aborted(others, others.aborted("other", "gone", List.of())));
        ChangeOutcome outcome = waiting.get(10, TimeUnit.SECONDS);
        assertThat(outcome.record().attempt()).isEqualTo(2);
        assertThat(node.current().eventTypes()).containsOnlyKeys("A", "B");
    }
}
