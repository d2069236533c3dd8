// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.jms.tool.QueueReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StrictOrderTest {
    private static final ReceiverSettings STRICT = ReceiverSettings.strict("flights", "flights", null);

    private final RecordingProcessor first = new RecordingProcessor();
    private final RecordingProcessor second = new RecordingProcessor();
    private ReceiverKit kit;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        kit = new ReceiverKit(folder);
    }

    @AfterEach
    void stop() {
        first.release();
        second.release();
        kit.close();
    }

    @Test
    @DisplayName("of two strict receivers one gets all, and the other the rest after its stop, in order")
    void shouldHandOverInOrder() throws Exception {
        Receiver one = kit.start("node-1", STRICT, first);
        kit.awaitPhase(one, ReceiverPhase.ACTIVE);
        kit.publish("flights", 0, 10);
        kit.awaitDrained("flights");
        kit.start("node-2", STRICT.withPriority(1_000_000), second);
        ReceiverKit.await("both are there", () -> kit.broker.consumers("flights") == 2);
        kit.publish("flights", 10, 3_000);
        kit.awaitDrained("flights");
        assertThat(second.withItems())
                .as("a standby with a higher priority waits all the same")
                .isEmpty();

        one.stop(Duration.ofSeconds(5));
        kit.publish("flights", 3_000, 4_000);

        assertThat(kit.takeMatches(4_000)).isEqualTo(ReceiverKit.numbers(0, 4_000));
        assertThat(second.numbers()).isEqualTo(ReceiverKit.numbers(3_000, 4_000));
    }

    @Test
    @DisplayName("N13 through hand-overs by failure and by force each match comes once and in queue order")
    void shouldKeepOrderThroughManyTakeovers() throws Exception {
        int total = 20_000;
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> troubles = Collections.synchronizedList(new ArrayList<>());
        Thread publisher = inBackground(
                () -> assertThat(kit.publish("flights", 0, total).ok()).isEqualTo(total), troubles);
        Thread reader = inBackground(
                () -> {
                    try (QueueReader matches = new QueueReader(kit.broker.settings(), "matches")) {
                        matches.read(total, Duration.ofSeconds(20), match -> seen.add(Integer.valueOf(match.text())));
                    }
                },
                troubles);
        Receiver standing = kit.start("node-0", STRICT, first);
        for (int round = 1; round <= 8; round++) {
            RecordingProcessor next = new RecordingProcessor();
            Receiver standby = kit.start("node-" + round, STRICT, next);
            kit.awaitPhase(standby, ReceiverPhase.ACTIVE);
            int before = seen.size();
            ReceiverKit.await("some are done", () -> seen.size() >= Math.min(total, before + 500));
            next.failures.set(round % 2);
            standing.stop(Duration.ofMillis(round % 2 == 0 ? 1 : 1_000));
            standing = standby;
        }
        publisher.join();
        reader.join();

        assertThat(troubles).isEmpty();
        assertThat(breaks(seen)).as("where the matches are not in order").isEmpty();
        assertThat(seen).hasSize(total);
    }

    @Test
    @DisplayName(
            "N13 a session that the broker does not stop is hung up on: the next one gets what it held, in queue order")
    void shouldHangUpOnABrokerThatIsLate() throws Exception {
        kit.broker.dropNextStop();
        Receiver one = kit.start("node-1", STRICT, first);
        kit.awaitPhase(one, ReceiverPhase.ACTIVE);
        kit.start("node-2", STRICT, second);
        ReceiverKit.await("both are there", () -> kit.broker.consumers("flights") == 2);
        first.failures.set(1);
        kit.publish("flights", 0, 3_000);

        assertThat(kit.takeMatches(3_000)).isEqualTo(ReceiverKit.numbers(0, 3_000));
        assertThat(one.status().lastFailure()).as("of the first").isNotNull();
    }

    /** Each place at which a number does not follow the one before, with the two. */
    private static List<String> breaks(List<Integer> numbers) {
        List<String> breaks = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            int before = i == 0 ? -1 : numbers.get(i - 1);
            if (numbers.get(i) != before + 1) {
                breaks.add("at " + i + ": " + before + " then " + numbers.get(i));
            }
        }
        return breaks;
    }

    @Test
    @DisplayName("a queue that a publisher created is made exclusive before the first message is taken")
    void shouldMakeAnOrdinaryQueueExclusive() throws Exception {
        kit.publish("flights", 0, 3_000);
        Receiver one = kit.start("node-1", STRICT, first);
        Receiver two = kit.start("node-2", STRICT, second);

        assertThat(kit.takeMatches(3_000)).isEqualTo(ReceiverKit.numbers(0, 3_000));
        assertThat(first.withItems().isEmpty() ^ second.withItems().isEmpty())
                .as("one has it")
                .isTrue();
        assertThat(one.status().rolledBack() + two.status().rolledBack()).isZero();
    }

    @Test
    @DisplayName("relaxed receivers share a queue, each message goes to one of them")
    void shouldShareARelaxedQueue() throws Exception {
        ReceiverSettings relaxed =
                ReceiverSettings.relaxed("flights", "flights", null).withBatch(50);
        Receiver one = kit.start("node-1", relaxed, first);
        Receiver two = kit.start("node-2", relaxed, second);
        kit.awaitPhase(one, ReceiverPhase.ACTIVE);
        kit.awaitPhase(two, ReceiverPhase.ACTIVE);

        kit.publish("flights", 0, 4_000);

        assertThat(kit.takeMatches(4_000)).containsExactlyInAnyOrderElementsOf(ReceiverKit.numbers(0, 4_000));
        assertThat(first.numbers()).isNotEmpty();
        assertThat(second.numbers()).isNotEmpty();
        assertThat(first.batches)
                .noneMatch(batch ->
                        batch.source().committed() > 0 || batch.source().strict());
    }

    @Test
    @DisplayName("N15 a broker that restarts in mid-run loses nothing and doubles nothing, and order is kept")
    void shouldSurviveRestartsOfTheBroker() throws Exception {
        int total = 20_000;
        kit.publish("flights", 0, total);
        Receiver receiver = kit.start("node-1", STRICT.withBatch(200), first);
        for (int restart = 1; restart <= 2; restart++) {
            int goal = restart * 5_000;
            ReceiverKit.await("some are committed", () -> receiver.status().committed() >= goal);
            kit.broker.stop();
            ReceiverKit.await("it notices", () -> receiver.status().phase() == ReceiverPhase.BACKING_OFF);
            kit.broker.start();
        }

        assertThat(kit.takeMatches(total)).isEqualTo(ReceiverKit.numbers(0, total));
        kit.awaitDrained("flights");
        assertThat(kit.take("matches", 1)).isEmpty();
        assertThat(receiver.status().lastFailure()).isNotNull();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static Thread inBackground(Work work, List<Throwable> troubles) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                troubles.add(e);
            }
        });
        thread.start();
        return thread;
    }
}
