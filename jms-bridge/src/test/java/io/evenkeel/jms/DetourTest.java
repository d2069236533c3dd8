// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.tool.ReceivedText;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A relaxed receiver and the strict one of its detour, with a real broker. */
@Timeout(60)
class DetourTest {
    private static final ReceiverSettings RELAXED =
            ReceiverSettings.relaxed("flights", "flights", null).withBatch(10);

    private final DetourProcessor processor = new DetourProcessor();
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

    private void startBoth() {
        kit.start("node-1", RELAXED, processor);
        kit.start("node-1", RELAXED.ofDetour(), processor);
    }

    @Test
    @DisplayName(
            "F6 relaxed: what cannot be reached is moved aside and comes later, in order; the rest goes on in a new session")
    void shouldMoveWhatCannotBeReached() throws Exception {
        processor.silent = true;
        processor.hold();
        startBoth();
        kit.publish("flights", 0, 200);

        assertThat(kit.takeMatches(100))
                .isEqualTo(IntStream.range(0, 100).map(n -> 2 * n).boxed().toList());
        kit.awaitDrained("flights");
        assertThat(kit.broker.depth("flights.detour")).isEqualTo(100);
        List<Batch> relaxed = processor.batches.stream()
                .filter(batch -> batch.source().queue().equals("flights"))
                .toList();
        // The first may have come before there was any that cannot be reached.
        int refused = IntStream.range(0, relaxed.size())
                .filter(i -> relaxed.get(i).items().stream().anyMatch(DetourTest::odd))
                .findFirst()
                .orElseThrow();
        String failed = relaxed.get(refused).source().session();
        assertThat(relaxed.subList(refused + 1, relaxed.size()))
                .as("batches after the one that failed")
                .noneMatch(batch -> batch.source().session().equals(failed));

        processor.silent = false;
        processor.release();

        assertThat(kit.takeMatches(100))
                .isEqualTo(IntStream.range(0, 100).map(n -> 2 * n + 1).boxed().toList());
        kit.awaitDrained("flights.detour");
        assertThat(kit.meters.get("evenkeel_receiver_detoured").counter().count())
                .isGreaterThanOrEqualTo(100);
    }

    @Test
    @DisplayName("on the detour a message is known by what the original is known by, and by nothing else")
    void shouldKeepIdentity() throws Exception {
        processor.silent = true;
        startBoth();
        kit.publish("flights", 0, 20);

        assertThat(kit.takeMatches(20)).containsExactlyInAnyOrderElementsOf(ReceiverKit.numbers(0, 20));

        Map<Object, InboundEvent> originals = processor.from("flights").stream()
                .collect(Collectors.toMap(
                        event -> event.event().values()[0], Function.identity(), (one, again) -> again));
        List<InboundEvent> detoured = processor.from("flights.detour");
        assertThat(detoured).hasSize(10).allSatisfy(event -> {
            InboundEvent original = originals.get(event.event().values()[0]);
            assertThat(event)
                    .returns(original.messageId(), InboundEvent::messageId)
                    .returns(original.eventId(), InboundEvent::eventId)
                    .returns(original.ingressMs(), InboundEvent::ingressMs)
                    .returns(DetourProcessor.ONLY, InboundEvent::only);
            assertThat(original.only()).isEmpty();
        });
    }

    @Test
    @DisplayName("a detour ends only when all is through that is on it: nothing overtakes it")
    void shouldDrainFirst() throws Exception {
        processor.silent = true;
        processor.hold();
        startBoth();
        kit.publish("flights", 0, 40);
        assertThat(kit.takeMatches(20)).hasSize(20);

        // Everybody answers again, but what is on the detour is not through.
        processor.silent = false;
        kit.publish("flights", 40, 60);
        assertThat(kit.takeMatches(10))
                .isEqualTo(IntStream.range(20, 30).map(n -> 2 * n).boxed().toList());
        assertThat(processor.ended).hasValue(0);
        processor.release();
        ReceiverKit.await("the detour to end", () -> processor.ended.get() == 1);
        kit.publish("flights", 60, 80);

        assertThat(kit.takeMatches(50).stream()
                        .filter(number -> number % 2 == 1)
                        .toList())
                .isEqualTo(IntStream.range(0, 40).map(n -> 2 * n + 1).boxed().toList());
        assertThat(processor.from("flights.detour"))
                .extracting(event -> (Integer) event.event().values()[0])
                .allMatch(number -> number < 60);
    }

    @Test
    @DisplayName("a detour that is fed as fast as it is read ends all the same: nothing is received until it is empty")
    void shouldNotBeFedForEver() throws Exception {
        processor.silent = true;
        processor.hold();
        startBoth();
        kit.publish("flights", 0, 20);
        assertThat(kit.takeMatches(10)).hasSize(10);
        processor.silent = false;

        // Goes on for some seconds. What is published then stays where it is.
        int[] published = {20};
        ReceiverKit.await("the queue not to be taken from", () -> {
            kit.publish("flights", published[0], published[0] + 2);
            published[0] += 2;
            return kit.broker.depth("flights") > 50;
        });
        assertThat(processor.ended).hasValue(0);
        processor.release();

        kit.awaitDrained("flights");
        kit.awaitDrained("flights.detour");
        assertThat(processor.ended).hasValue(1);
        assertThat(kit.takeMatches(published[0] - 10))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, published[0])
                        .filter(number -> number >= 20 || number % 2 == 1)
                        .boxed()
                        .toList());
    }

    @Test
    @DisplayName("an event from a detour that comes too late is sent on like any other")
    void shouldSendOnWhatIsLate() throws Exception {
        processor.silent = true;
        processor.late = true;
        startBoth();
        kit.publish("flights", 0, 4);

        ReceiverKit.await("both that are late", () -> kit.broker.depth("flights.late") == 2);
        assertThat(kit.take("flights.late", 2))
                .extracting(ReceivedText::text)
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).contains("\"number\":1"),
                        text -> assertThat(text).contains("\"number\":3"));
        kit.awaitDrained("flights.detour");
    }

    @Test
    @DisplayName(
            "a publisher cannot say what its message is known by; and what nobody sent on is rejected from the detour")
    void shouldNotTrustPublishers() throws Exception {
        startBoth();
        send("flights", 4, true);
        send("flights.detour", 6, false);

        assertThat(kit.takeMatches(1)).containsExactly(4);
        assertThat(processor.from("flights")).singleElement().satisfies(event -> {
            assertThat(event.messageId()).isNotEqualTo("forged");
            assertThat(event.ingressMs()).isGreaterThan(1_000);
            assertThat(event.only()).isEmpty();
        });
        // Another receiver's work, which may be later.
        ReceiverKit.await("the rejected one", () -> kit.broker.depth("flights.rejected") == 1);
        List<ReceivedText> rejected = kit.take("flights.rejected", 1);
        assertThat(rejected)
                .singleElement()
                .satisfies(message -> assertThat(message.text()).contains("\"number\":6"));
        assertThat(processor.from("flights.detour")).isEmpty();
    }

    private void send(String queue, int number, boolean forged) throws Exception {
        Connection connection = Connections.open(kit.broker.settings(), 0);
        try {
            Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            TextMessage message = session.createTextMessage("{\"number\":" + number + ",\"origin\":\"LHR\"}");
            message.setStringProperty(JmsProperties.MESSAGE_TYPE, "Flight");
            if (forged) {
                message.setStringProperty(JmsProperties.ORIGINAL_MESSAGE_ID, "forged");
                message.setLongProperty(JmsProperties.INGRESS, 1_000);
                message.setStringProperty(JmsProperties.SHARDS, "1");
            }
            producer.send(message);
        } finally {
            connection.close();
        }
    }

    private static boolean odd(Inbound item) {
        return item instanceof InboundEvent event && ((Number) event.event().values()[0]).intValue() % 2 != 0;
    }
}
