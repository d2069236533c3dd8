// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReceiverTest {
    private final RecordingProcessor processor = new RecordingProcessor();
    private ReceiverKit kit;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        kit = new ReceiverKit(folder);
    }

    @AfterEach
    void stop() {
        processor.release();
        kit.close();
    }

    @Test
    @DisplayName("events are handed over in queue order, and each match is on its queue once")
    void shouldPublishWhatEventsCause() throws Exception {
        kit.publish("flights", 0, 2_500);

        Receiver receiver = kit.start("node-1", ReceiverSettings.strict("flights", "flights", null), processor);

        assertThat(kit.takeMatches(2_500)).isEqualTo(ReceiverKit.numbers(0, 2_500));
        kit.awaitDrained("flights");
        assertThat(processor.numbers()).isEqualTo(ReceiverKit.numbers(0, 2_500));
        assertThat(processor.batches).allMatch(batch -> batch.items().size() <= 1_000);
        ReceiverKit.await("all are counted", () -> receiver.status().committed() == 2_500);
        assertThat(receiver.status())
                .returns(2_500L, ReceiverStatus::received)
                .returns(0L, ReceiverStatus::rolledBack)
                .returns(0L, ReceiverStatus::rejected)
                .returns(ReceiverPhase.ACTIVE, ReceiverStatus::phase);
        assertThat(kit.meters
                        .get("evenkeel_receiver_messages")
                        .tag("outcome", "committed")
                        .counter()
                        .count())
                .isEqualTo(2_500);
    }

    @Test
    @DisplayName("the event id is the publisher's, the message id is not")
    void shouldTellEventIdFromMessageId() throws Exception {
        kit.publish("flights", 7, 8);
        kit.start("node-1", ReceiverSettings.strict("flights", "flights", null), processor);

        assertThat(kit.takeMatches(1)).containsExactly(7);
        InboundEvent event = (InboundEvent) processor.withItems().get(0).items().get(0);
        assertThat(event.eventId()).isEqualTo("7");
        assertThat(event.messageId()).isNotEqualTo("7").isNotEmpty();
        assertThat(event.ingressMs()).isPositive();
    }

    @Test
    @DisplayName("a commit is confirmed by the next batch, or by an empty one when none follows")
    void shouldConfirmCommits() throws Exception {
        kit.publish("flights", 0, 20);
        kit.start("node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(10), processor);

        ReceiverKit.await("an empty batch confirms", () -> hasConfirmed(20));
        assertThat(processor.withItems()).hasSizeGreaterThanOrEqualTo(2);
        kit.publish("flights", 20, 21);
        ReceiverKit.await("the next and its confirmation", () -> hasConfirmed(21));

        // How many make a batch depends on what has arrived.
        long number = 0;
        long last = 0;
        long lastButOne = 0;
        for (Batch batch : processor.batches) {
            BatchSource source = batch.source();
            number++;
            assertThat(source.number()).isEqualTo(number);
            assertThat(source.session())
                    .isEqualTo(processor.batches.get(0).source().session());
            if (batch.items().isEmpty()) {
                assertThat(source.confirmedThrough())
                        .as("by the empty batch %s", number)
                        .isEqualTo(last);
            } else {
                // The commit of the one before may be under way while this one is processed, unless an empty one
                // confirmed it.
                assertThat(source.confirmedThrough()).as("by batch %s", number).isIn(last, lastButOne);
            }
            lastButOne = last;
            last = batch.items().isEmpty() ? last : number;
        }
    }

    /** Whether so many events were handed over, and an empty batch after them. */
    private boolean hasConfirmed(int events) {
        List<Batch> batches = List.copyOf(processor.batches);
        return !batches.isEmpty()
                && batches.stream().mapToInt(batch -> batch.items().size()).sum() == events
                && batches.get(batches.size() - 1).items().isEmpty();
    }

    @Test
    @DisplayName("a strict session tells how many messages it has committed, those of a high priority apart")
    void shouldCountWhatItCommits() throws Exception {
        kit.publish("flights", 0, 1_000);
        kit.publishUrgent("flights", 1_000, 1_200);
        kit.start("node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(150), processor);

        kit.awaitDrained("flights");
        ReceiverKit.await(
                "the empty queue is told",
                () -> hasConfirmed(1_200)
                        && processor
                                        .batches
                                        .get(processor.batches.size() - 1)
                                        .source()
                                        .committed()
                                == ReceiverSettings.MOST_OPEN);
        long received = 0;
        long committed = 0;
        for (Batch batch : processor.batches) {
            // All but the last of those before, whose commit may be under way.
            if (!batch.items().isEmpty()) {
                assertThat(batch.source().committed())
                        .as("told by batch " + batch.source().number())
                        .isIn(committed, received);
            }
            committed = received;
            received += batch.items().stream()
                    .filter(item -> !isUrgent((InboundEvent) item))
                    .count();
        }
        assertThat(received).isEqualTo(1_000);
    }

    private static boolean isUrgent(InboundEvent inbound) {
        return (Integer) inbound.event().values()[0] >= 1_000;
    }

    @Test
    @DisplayName("N5 what a failed batch held is delivered again, in the same order and with the same ids")
    void shouldRedeliverAFailedBatch() throws Exception {
        kit.publish("flights", 0, 300);
        processor.failures.set(2);

        Receiver receiver = kit.start(
                "node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(100), processor);

        assertThat(kit.takeMatches(300)).isEqualTo(ReceiverKit.numbers(0, 300));
        List<Batch> batches = processor.withItems();
        // How many make a batch depends on what has arrived.
        List<Inbound> first = batches.get(0).items();
        List<Inbound> second = batches.get(1).items();
        List<Inbound> again = batches.stream()
                .skip(2)
                .flatMap(batch -> batch.items().stream())
                .toList();
        int failed = Math.max(first.size(), second.size());
        assertThat(again).extracting(Inbound::messageId).startsWith(ids(first)).startsWith(ids(second));
        assertThat(again.subList(0, failed)).allMatch(Inbound::redelivered);
        assertThat(batches.get(0).source().session())
                .isNotEqualTo(batches.get(2).source().session());
        assertThat(batches.get(2).source().number()).isEqualTo(1);
        assertThat(receiver.status().rolledBack()).isEqualTo(first.size() + second.size());
        assertThat(receiver.status().lastFailure()).contains("Failed as the test wants it");
        assertThat(receiver.status().redelivered()).isPositive();
        assertThat(kit.take("matches", 1)).as("a match too many").isEmpty();
    }

    @Test
    @DisplayName("N10 nothing is acknowledged and no match is published before the commit")
    void shouldHoldAllUntilTheCommit() throws Exception {
        processor.hold();
        kit.publish("flights", 0, 10);
        kit.start("node-1", ReceiverSettings.strict("flights", "flights", null), processor);

        ReceiverKit.await("a batch is being processed", processor::holdsABatch);
        assertThat(kit.broker.depth("flights")).isEqualTo(10);
        assertThat(kit.broker.depth("matches")).isZero();
        processor.release();

        assertThat(kit.takeMatches(10)).isEqualTo(ReceiverKit.numbers(0, 10));
        kit.awaitDrained("flights");
        assertThat(kit.steps)
                .startsWith(
                        ReceiverStep.RECEIVED,
                        ReceiverStep.SENT,
                        ReceiverStep.BEFORE_COMMIT,
                        ReceiverStep.AFTER_COMMIT);
    }

    @Test
    @DisplayName("while the broker commits a batch the next one is processed, and nothing of it is sent")
    void shouldWorkDuringACommit() throws Exception {
        kit.publish("flights", 0, 20);
        CountDownLatch commit = new CountDownLatch(1);
        kit.atStep(
                ReceiverStep.AFTER_COMMIT,
                () -> assertThat(commit.await(30, TimeUnit.SECONDS)).isTrue());
        kit.start("node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(10), processor);

        ReceiverKit.await(
                "the first batch is committed, as the broker has it, and the second is processed",
                () -> kit.steps.contains(ReceiverStep.AFTER_COMMIT) && processor.batches.size() == 2);
        int first = processor.batches.get(0).items().size();
        assertThat(kit.broker.depth("matches"))
                .as("those of the first batch alone")
                .isEqualTo(first);
        assertThat(kit.broker.depth("flights")).isEqualTo(20 - first);
        assertThat(processor.batches.get(1).source().confirmedThrough()).isZero();
        commit.countDown();

        assertThat(kit.takeMatches(20)).isEqualTo(ReceiverKit.numbers(0, 20));
        kit.awaitDrained("flights");
    }

    @Test
    @DisplayName("messages of several priorities are all acknowledged, in the order in which the broker gives them")
    void shouldAcknowledgeWhateverThePriority() throws Exception {
        kit.publish("flights", 0, 30);
        kit.publishUrgent("flights", 30, 40);
        kit.publish("flights", 40, 60);
        Receiver receiver = kit.start(
                "node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(7), processor);

        List<Integer> matches = kit.takeMatches(60);
        kit.awaitDrained("flights");
        kit.publishUrgent("flights", 60, 61);
        assertThat(kit.takeMatches(1)).containsExactly(60);
        kit.awaitDrained("flights");
        receiver.stop(Duration.ofSeconds(5));

        assertThat(matches).startsWith(30, 31, 32).containsExactlyInAnyOrderElementsOf(ReceiverKit.numbers(0, 60));
        assertThat(matches).filteredOn(number -> number < 30 || number >= 40).isSorted();
        RecordingProcessor next = new RecordingProcessor();
        Receiver successor = kit.start("node-2", ReceiverSettings.strict("flights", "flights", null), next);
        kit.publish("flights", 61, 62);
        assertThat(kit.takeMatches(1)).as("what comes to the next receiver").containsExactly(61);
        assertThat(next.numbers()).containsExactly(61);
        assertThat(successor.status().redelivered()).isZero();
    }

    @Test
    @DisplayName("a batch that fails while the one before it is in its commit comes again alone")
    void shouldRedeliverTheSecondOfTwoOpenBatches() throws Exception {
        kit.publish("flights", 0, 30);
        AtomicBoolean first = new AtomicBoolean(true);
        kit.atStep(ReceiverStep.BEFORE_COMMIT, () -> {
            if (first.getAndSet(false)) {
                processor.failures.set(1);
            }
        });
        kit.atStep(
                ReceiverStep.AFTER_COMMIT,
                () -> ReceiverKit.await("the second batch is here", () -> processor.batches.size() >= 2));
        Receiver receiver = kit.start(
                "node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(10), processor);

        assertThat(kit.takeMatches(30)).isEqualTo(ReceiverKit.numbers(0, 30));
        kit.awaitDrained("flights");
        ReceiverKit.await("all are counted", () -> receiver.status().committed() == 30);
        assertThat(receiver.status().rolledBack())
                .as("those of the second batch alone")
                .isEqualTo(processor.batches.get(1).items().size());
        assertThat(kit.take("matches", 1)).as("a match too many").isEmpty();
    }

    @Test
    @DisplayName("N5 a commit whose answer is lost is not repeated, and what is behind it is not skipped")
    void shouldGoOnAfterAnUnknownOutcome() throws Exception {
        kit.publish("flights", 0, 30);
        kit.broker.loseNextAnswerToACommit();
        Receiver receiver = kit.start(
                "node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(10), processor);

        ReceiverKit.await("a commit got no answer", () -> receiver.status().lastFailure() != null);
        assertThat(kit.takeMatches(30)).isEqualTo(ReceiverKit.numbers(0, 30));
        kit.awaitDrained("flights");
        assertThat(kit.take("matches", 1)).as("a match too many").isEmpty();
        Batch unknown = processor.batches.get(0);
        Batch next = processor.withItems().stream()
                .filter(batch ->
                        !batch.source().session().equals(unknown.source().session()))
                .findFirst()
                .orElseThrow();
        assertThat(ids(next.items())).as("what is read after it").doesNotContain(ids(unknown.items()));
        ReceiverKit.await(
                "those are counted whose commit it knows of",
                () -> receiver.status().committed() == 30 - unknown.items().size());
        assertThat(receiver.status().rolledBack())
                .isGreaterThanOrEqualTo(unknown.items().size());
    }

    @Test
    @DisplayName("N1 a stop finishes the batch at hand and leaves the rest on the queue")
    void shouldStopInOrder() throws Exception {
        processor.hold();
        kit.publish("flights", 0, 25);
        Receiver receiver = kit.start(
                "node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(10), processor);
        ReceiverKit.await("a batch is being processed", processor::holdsABatch);

        Thread releaser = new Thread(() -> {
            kit.awaitPhase(receiver, ReceiverPhase.STOPPING);
            processor.release();
        });
        releaser.start();
        boolean ordered = receiver.stop(Duration.ofSeconds(10));
        releaser.join();

        assertThat(ordered).isTrue();
        assertThat(receiver.status().phase()).isEqualTo(ReceiverPhase.STOPPED);
        int done = processor.numbers().size();
        assertThat(receiver.status().committed()).isEqualTo(done);
        assertThat(kit.broker.depth("flights")).isEqualTo(25 - done);
        assertThat(kit.takeMatches(done)).isEqualTo(ReceiverKit.numbers(0, done));
        Batch last = processor.batches.get(processor.batches.size() - 1);
        assertThat(last.items()).as("the last commit is confirmed").isEmpty();
    }

    @Test
    @DisplayName("a stop beyond its limit rolls back and gives the messages to another node in order")
    void shouldStopByForce() throws Exception {
        processor.hold();
        kit.publish("flights", 0, 50);
        Receiver hung = kit.start(
                "node-1", ReceiverSettings.strict("flights", "flights", null).withBatch(20), processor);
        ReceiverKit.await("a batch is being processed", processor::holdsABatch);
        RecordingProcessor other = new RecordingProcessor();
        kit.start("node-2", ReceiverSettings.strict("flights", "flights", null), other);

        assertThat(hung.stop(Duration.ofMillis(50))).isFalse();

        assertThat(kit.takeMatches(50)).isEqualTo(ReceiverKit.numbers(0, 50));
        assertThat(other.numbers()).isEqualTo(ReceiverKit.numbers(0, 50));
        kit.awaitPhase(hung, ReceiverPhase.STOPPED);
    }

    @Test
    @DisplayName("N9 while the gate is shut nothing commits, and after a second another could have the queue")
    void shouldSuspendWhileTheGateIsShut() throws Exception {
        Receiver receiver = kit.start("node-1", ReceiverSettings.strict("flights", "flights", null), processor);
        kit.awaitPhase(receiver, ReceiverPhase.ACTIVE);
        processor.hold();
        kit.publish("flights", 0, 10);
        ReceiverKit.await("a batch is being processed", processor::holdsABatch);

        kit.gate.set(false);
        processor.release();
        kit.awaitPhase(receiver, ReceiverPhase.SUSPENDED);
        ReceiverKit.await("it lets go of the queue", () -> kit.broker.consumers("flights") == 0);
        assertThat(kit.broker.depth("flights")).isEqualTo(10);
        assertThat(kit.broker.depth("matches")).isZero();

        kit.gate.set(true);
        assertThat(kit.takeMatches(10)).isEqualTo(ReceiverKit.numbers(0, 10));
        // As many as were there when it looked; the others it had never asked for.
        assertThat(receiver.status().rolledBack()).isBetween(1L, 10L);
    }

    @Test
    @DisplayName("a receiver that starts while the gate is shut opens nothing until it opens")
    void shouldNotConnectWhileTheGateIsShut() throws Exception {
        kit.gate.set(false);
        kit.publish("flights", 0, 5);
        Receiver receiver = kit.start("node-1", ReceiverSettings.strict("flights", "flights", null), processor);
        kit.awaitPhase(receiver, ReceiverPhase.SUSPENDED);
        assertThat(kit.broker.consumers("flights")).isZero();

        kit.gate.set(true);

        assertThat(kit.takeMatches(5)).isEqualTo(ReceiverKit.numbers(0, 5));
    }

    private static String[] ids(List<Inbound> items) {
        return items.stream().map(Inbound::messageId).toArray(String[]::new);
    }
}
