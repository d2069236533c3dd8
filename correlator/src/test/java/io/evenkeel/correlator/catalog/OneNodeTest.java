// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
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

    /** A change that another node runs. */
    private static OpenChange open(String id, int attempt, long base) {
        return new OpenChange(
                List.of(new OpenChange.Part(id, attempt, "f")), base, "other#1", "other", List.of("one#1"));
    }

    /** The register with one more change in force, as another node puts it there. */
    private static RegisterState committed(OneNode node, String id) {
        return committed(node, id, 1);
    }

    private static RegisterState committed(OneNode node, String id, int attempt) {
        RegisterState now = node.register.read();
        CatalogSnapshot base = now.catalog().snapshot();
        CatalogSnapshot next =
                CatalogRules.apply(base, id.equals("a") ? OneNode.query() : List.of(OneNode.eventType("Other")));
        OpenChange change = open(id, attempt, base.revision());
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
        OpenChange others = open("a", 1, 0);
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

    @Test
    @DisplayName("changes that wait for their turn together come into force at once, each with a revision of its own")
    void shouldDecideTogether() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        List<ChangeRequest> requests = IntStream.range(0, 40)
                .mapToObj(i -> ChangeRequest.of(List.of(OneNode.eventType("E" + i))))
                .toList();
        int stores = node.stores.get();
        int prepared = node.prepared.get();

        List<ChangeOutcome> outcomes = node.catalog.changeTogether(requests).stream()
                .map(Supplier::get)
                .toList();

        assertThat(outcomes.stream().map(outcome -> outcome.record().revision()))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 40).boxed().toList());
        assertThat(node.current().revision()).isEqualTo(40);
        assertThat(node.current().eventTypes()).hasSize(40);
        assertThat(node.prepared.get() - prepared).isEqualTo(1);
        assertThat(node.stores.get() - stores).isEqualTo(1);
        for (int i = 0; i < 40; i++) {
            assertThat(outcomes.get(i).before().eventTypes()).hasSize(i);
            assertThat(outcomes.get(i).catalog().eventTypes()).hasSize(i + 1);
            assertThat(node.current().eventTypes().get("E" + i).revision()).isEqualTo(i + 1);
            assertThat(node.catalog.findChange(requests.get(i).id()))
                    .hasValueSatisfying(record -> assertThat(record.nodes()).hasSize(1));
        }
    }

    @Test
    @DisplayName("each is judged on the one before: the second of two with the same precondition is refused")
    void shouldJudgeEachOnTheOneBefore() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        ChangeRequest.Proposal ifNew = base -> {
            if (base.eventTypes().containsKey("E")) {
                throw new PreconditionFailedException("there is one");
            }
            return List.of(OneNode.eventType("E"));
        };
        ChangeRequest first = ChangeRequest.of(ifNew);

        List<Supplier<ChangeOutcome>> outcomes = node.catalog.changeTogether(List.of(
                first,
                ChangeRequest.of(ifNew),
                ChangeRequest.of(List.of(OneNode.eventType("E"))),
                first,
                ChangeRequest.of(List.of(OneNode.eventType("F")))));

        assertThat(outcomes.get(0).get().record().revision()).isEqualTo(1);
        assertThatExceptionOfType(PreconditionFailedException.class)
                .isThrownBy(() -> outcomes.get(1).get());
        assertThat(outcomes.get(2).get().record().state()).isEqualTo(ChangeState.UNCHANGED);
        assertThat(outcomes.get(3).get().repeated()).isTrue();
        assertThat(outcomes.get(3).get().record().revision()).isEqualTo(1);
        assertThat(outcomes.get(4).get().record().revision()).isEqualTo(2);
    }

    @Test
    @DisplayName("one that cannot be deployed is refused alone; those that waited with it are made")
    void shouldSingleOut() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        node.deploys = query -> !query.epl().contains("bad");
        List<ChangeRequest> requests = IntStream.range(0, 9)
                .mapToObj(i -> ChangeRequest.of(i == 5 ? OneNode.query("bad") : List.of(OneNode.eventType("E" + i))))
                .toList();

        List<Supplier<ChangeOutcome>> outcomes = node.catalog.changeTogether(requests);

        for (int i = 0; i < 9; i++) {
            if (i != 5) {
                assertThat(outcomes.get(i).get().record().state()).isEqualTo(ChangeState.COMMITTED);
            }
        }
        assertThatExceptionOfType(ChangeAbortedException.class)
                .isThrownBy(() -> outcomes.get(5).get())
                .withMessageContaining("cannot deploy");
        assertThat(node.current().eventTypes()).containsOnlyKeys("E0", "E1", "E2", "E3", "E4", "E6", "E7", "E8");
        assertThat(node.current().queries()).isEmpty();
    }

    @Test
    @DisplayName("a repeat of what another node brings at that moment is answered from a catalog that has it")
    void shouldNotAnswerFromBeforeItself() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        // Found by a seed of CatalogSimulation: the register was read before, and what is kept of the change after.
        Runnable whenJudged = () -> {
            node.register.replace(committed(node, "a", 1));
            node.register.keep(node.register.read().decided());
        };
        Runnable whenWarmedUp = () -> node.afterRead = whenJudged;
        node.afterRead = whenWarmedUp;

        ChangeOutcome outcome = node.catalog.change(new ChangeRequest("a", "f", base -> OneNode.query()));

        assertThat(outcome.repeated()).isTrue();
        assertThat(outcome.record().revision()).isEqualTo(1);
        assertThat(outcome.catalog().queries()).containsOnlyKeys("q");
        assertThat(node.current().queries()).containsOnlyKeys("q");
    }

    @Test
    @DisplayName("who is undone by others, which then make the change themselves, answers with what they made")
    void shouldAnswerWithWhatOthersMade() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        // Also found by a seed.
        node.beforePrepare = () -> {
            node.beforePrepare = () -> {};
            RegisterState now = node.register.read();
            OpenChange mine = now.open().get(0);
            node.register.replace(now.aborted(mine, mine.aborted("other", "was silent", List.of())));
            node.register.replace(committed(node, "b", 1));
            node.register.replace(committed(node, "a", 2));
        };

        ChangeOutcome outcome = node.catalog.change(new ChangeRequest("a", "f", base -> OneNode.query()));

        assertThat(outcome.record().attempt()).isEqualTo(2);
        assertThat(outcome.record().revision()).isEqualTo(2);
        assertThat(outcome.catalog().revision()).isEqualTo(2);
        assertThat(node.current().revision()).isEqualTo(2);
    }

    @Test
    @DisplayName("one that came too late is told what became of it before, and else that nothing changed")
    void shouldAnswerTheLate() {
        SteppedPace pace = new SteppedPace();
        OneNode node = new OneNode(pace, Duration.ofSeconds(5));
        ChangeRequest made = new ChangeRequest("made", "f", base -> List.of(OneNode.eventType("Made")));
        node.catalog.change(made);
        // The time is up when the register is read.
        node.afterRead = () -> pace.pause(Duration.ofSeconds(6));

        List<Supplier<ChangeOutcome>> outcomes = node.catalog.changeTogether(
                List.of(made, new ChangeRequest("late", "f", base -> List.of(OneNode.eventType("Late")))));

        assertThat(outcomes.get(0).get().repeated()).isTrue();
        assertThatExceptionOfType(CatalogUnavailableException.class)
                .isThrownBy(() -> outcomes.get(1).get())
                .withMessageContaining("Nothing changed")
                .satisfies(late -> assertThat(late.change()).isNull());
        assertThat(node.current().eventTypes()).containsOnlyKeys("Made");
    }

    @Test
    @DisplayName("one that does not compile fails alone, also if nobody tried that before its turn")
    void shouldCompileApart() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        node.compiles = false;

        List<Supplier<ChangeOutcome>> outcomes = node.catalog.changeTogether(List.of(
                ChangeRequest.of(List.of(OneNode.eventType("A"))),
                ChangeRequest.of(OneNode.query()),
                ChangeRequest.of(List.of(OneNode.eventType("B")))));

        assertThat(outcomes.get(0).get().record().revision()).isEqualTo(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> outcomes.get(1).get())
                .withMessage("cannot compile");
        assertThat(outcomes.get(2).get().record().revision()).isEqualTo(2);
    }

    @Test
    @DisplayName("a node that is silent keeps all of them back, and each is told who it was")
    void shouldTellEachWhoWasSilent() {
        OneNode node = new OneNode(new SteppedPace(), Duration.ofSeconds(5));
        node.silent = true;

        List<Supplier<ChangeOutcome>> outcomes = node.catalog.changeTogether(List.of(
                ChangeRequest.of(List.of(OneNode.eventType("A"))), ChangeRequest.of(List.of(OneNode.eventType("B")))));

        for (Supplier<ChangeOutcome> outcome : outcomes) {
            assertThatExceptionOfType(ChangeAbortedException.class)
                    .isThrownBy(outcome::get)
                    .withMessageContaining("one SILENT");
        }
        assertThat(node.prepared).hasValue(1);
        assertThat(node.current().eventTypes()).isEmpty();
    }

    @Test
    @DisplayName("D14 many threads at one node: those that come while a change is under way share the next round")
    void shouldShareRounds() throws Exception {
        OneNode node = new OneNode(Pace.ofMachine(), Duration.ofSeconds(30));
        int prepared = node.prepared.get();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        // The first round lasts until all others wait.
        node.beforePrepare = () -> {
            first.countDown();
            await(held);
        };
        int changes = 100;
        ExecutorService threads = Executors.newFixedThreadPool(changes);
        try {
            List<Future<ChangeOutcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                ChangeRequest request = ChangeRequest.of(List.of(OneNode.eventType("E" + i)));
                outcomes.add(threads.submit(() -> node.catalog.change(request)));
                await(first);
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (node.catalog.waiting() < changes - 1) {
                assertThat(System.nanoTime()).as("time at which all wait").isLessThan(deadline);
                Thread.onSpinWait();
            }
            held.countDown();
            Set<Long> revisions = new HashSet<>();
            for (Future<ChangeOutcome> outcome : outcomes) {
                revisions.add(outcome.get(30, TimeUnit.SECONDS).record().revision());
            }
            assertThat(revisions).hasSize(changes);
        } finally {
            held.countDown();
            threads.shutdownNow();
        }
        assertThat(node.current().eventTypes()).hasSize(changes);
        assertThat(node.prepared.get() - prepared).isEqualTo(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
