// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.jms.connection.LargeBodies;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RejectionTest {
    private static final ReceiverSettings FLIGHTS = ReceiverSettings.strict("arrivals", "flights", "Flight");

    private final RecordingProcessor processor = new RecordingProcessor();
    private ReceiverKit kit;

    /** Tells whether anybody has deserialized it. */
    static final class Trap implements Serializable {
        private static final long serialVersionUID = 1L;
        static final AtomicInteger SPRUNG = new AtomicInteger();

        private final String text = "bait";

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            SPRUNG.incrementAndGet();
        }
    }

    private interface Composer {
        Message compose(Session session) throws JMSException;
    }

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        kit = new ReceiverKit(folder);
        Trap.SPRUNG.set(0);
    }

    @AfterEach
    void stop() {
        kit.close();
    }

    @Test
    @DisplayName("F16 what cannot be processed is rejected with its reason and its neighbours are processed")
    void shouldRejectAndCarryOn() throws Exception {
        send(
                session -> session.createTextMessage(flight(1)),
                session -> session.createTextMessage("{\"number\":"),
                session -> session.createTextMessage(flight(2)),
                session -> typed(session.createTextMessage(flight(-1)), "Ship"),
                session -> session.createTextMessage("{\"number\":\"three\"}"),
                session -> session.createTextMessage("{\"number\":4}"),
                session -> bytes(session, flight(3)),
                session -> bytes(session, "\u0001\u0002"),
                session -> map(session, 4, "LHR"),
                session -> map(session, "five", "LHR"),
                session -> session.createObjectMessage(new Trap()),
                session -> session.createStreamMessage(),
                session -> session.createMessage(),
                session -> session.createTextMessage(),
                session -> session.createTextMessage(flight(5)));

        Receiver receiver = kit.start("node-1", FLIGHTS, processor);

        assertThat(kit.takeMatches(5)).containsExactly(1, 2, 3, 4, 5);
        List<Message> rejected = takeRejected(10);
        assertThat(reasons(rejected))
                .containsExactly(
                        "NOT_JSON",
                        "UNKNOWN_TYPE",
                        "WRONG_TYPE number",
                        "NULL_KEY origin",
                        "NOT_JSON",
                        "WRONG_TYPE number",
                        "UNSUPPORTED_MESSAGE",
                        "UNSUPPORTED_MESSAGE",
                        "UNSUPPORTED_MESSAGE",
                        "UNSUPPORTED_MESSAGE");
        assertThat(Trap.SPRUNG).hasValue(0);
        ReceiverKit.await("all are counted", () -> receiver.status().rejected() == 10);
        assertThat(receiver.status().rolledBack()).isZero();
        assertThat(kit.meters
                        .get("evenkeel_receiver_rejected")
                        .tag("reason", "NOT_JSON")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("a rejected message keeps body and properties, and tells who rejected it and what it was")
    void shouldKeepBodyAndProperties() throws Exception {
        String large = "x".repeat(1_000_000);
        send(
                session -> {
                    TextMessage message = session.createTextMessage("not JSON");
                    message.setStringProperty("eventId", "e-1");
                    message.setIntProperty("attempt", 3);
                    message.setJMSCorrelationID("c-1");
                    message.setStringProperty("_AMQ_DUPL_ID", "once");
                    return message;
                },
                session -> session.createTextMessage(large),
                session -> typed(map(session, 7, "LHR"), "Ship"),
                session -> session.createObjectMessage(new Trap()),
                session -> typed(bytes(session, large), "Ship"),
                session -> {
                    StreamMessage message = session.createStreamMessage();
                    message.writeInt(42);
                    return message;
                });

        kit.start("node-1", FLIGHTS, processor);

        List<Message> rejected = takeRejected(6);
        Message first = rejected.get(0);
        assertThat(((TextMessage) first).getText()).isEqualTo("not JSON");
        assertThat(first.getIntProperty("attempt")).isEqualTo(3);
        assertThat(first.getJMSCorrelationID()).isEqualTo("c-1");
        assertThat(first.getStringProperty("eventId")).isEqualTo("e-1");
        assertThat(first.getStringProperty("evenkeelReceiver")).isEqualTo("arrivals");
        assertThat(first.getStringProperty("evenkeelDetail")).isNotEmpty();
        assertThat(first.getStringProperty("evenkeelMessageId")).isNotEmpty();
        assertThat(first.getObjectProperty("_AMQ_DUPL_ID")).isNull();
        assertThat(((TextMessage) rejected.get(1)).getText()).isEqualTo(large);
        assertThat(rejected.get(1).getStringProperty("eventId"))
                .as("without an id of its own it keeps the message's")
                .isEqualTo(rejected.get(1).getStringProperty("evenkeelMessageId"));
        assertThat(((MapMessage) rejected.get(2)).getInt("number")).isEqualTo(7);
        BytesMessage bytes = (BytesMessage) rejected.get(4);
        byte[] body = new byte[large.length() + 1];
        assertThat(bytes.readBytes(body)).isEqualTo(large.length());
        assertThat(new String(body, 0, large.length(), StandardCharsets.UTF_8)).isEqualTo(large);
        assertThat(((StreamMessage) rejected.get(5)).readInt()).isEqualTo(42);
        assertThat(Trap.SPRUNG).hasValue(0);
        assertThat(((Trap) ((ObjectMessage) rejected.get(3)).getObject()).text).isEqualTo("bait");
    }

    @Test
    @DisplayName("a message whose property names are no Java identifiers is rejected with them and once")
    void shouldPassOnPropertiesThatJmsWouldNotName() throws Exception {
        try (StompPublisher stomp = new StompPublisher(kit.broker.port())) {
            stomp.send("flights", Map.of("x-trace", "t-1"), "not JSON");
            stomp.send("flights", Map.of("x-trace", "t-2", "MESSAGE_TYPE", "Flight"), flight(8));
        }

        kit.start("node-1", ReceiverSettings.strict("arrivals", "flights", null), processor);

        assertThat(kit.takeMatches(1)).containsExactly(8);
        Message rejected = takeRejected(1).get(0);
        assertThat(reasons(List.of(rejected))).containsExactly("NO_TYPE");
        assertThat(rejected.getObjectProperty("x-trace")).hasToString("t-1");
    }

    @Test
    @DisplayName("a rejection is undone with its transaction and made again")
    void shouldRejectInTheTransaction() throws Exception {
        processor.failures.set(3);
        send(session -> session.createTextMessage("not JSON"), session -> session.createTextMessage(flight(1)));

        Receiver receiver = kit.start("node-1", FLIGHTS, processor);

        assertThat(kit.takeMatches(1)).containsExactly(1);
        assertThat(takeRejected(1)).hasSize(1);
        ReceiverKit.await("it is counted", () -> receiver.status().rejected() > 0);
        assertThat(receiver.status().rejected()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "Q5 what came too late goes to the queue's .late, once for each query, unless its transaction is undone")
    void shouldSendLateEventsAside() throws Exception {
        processor.lateNumber = 2;
        processor.failures.set(2);
        send(
                session -> session.createTextMessage(flight(1)),
                session -> {
                    Message late = session.createTextMessage(flight(2));
                    late.setStringProperty("eventId", "f-2");
                    late.setStringProperty("trace", "t-2");
                    return late;
                },
                session -> session.createTextMessage("no flight"),
                session -> session.createTextMessage(flight(3)));

        kit.start("node-1", FLIGHTS, processor);

        assertThat(kit.takeMatches(2)).containsExactly(1, 3);
        List<Message> late = take("flights.late", 2);
        assertThat(late).hasSize(2);
        for (Message message : late) {
            assertThat(((TextMessage) message).getText()).isEqualTo(flight(2));
            assertThat(message.getStringProperty("trace")).isEqualTo("t-2");
            assertThat(message.getStringProperty("eventId")).isEqualTo("f-2");
            assertThat(message.getStringProperty("evenkeelReason")).isEqualTo("LATE");
            assertThat(message.getStringProperty("evenkeelReceiver")).isEqualTo("arrivals");
            assertThat(message.getStringProperty("evenkeelMessageId")).isNotEmpty();
            assertThat(message.getLongProperty("evenkeelLateMs")).isEqualTo(250);
        }
        assertThat(late.get(0).getStringProperty("evenkeelQuery")).isEqualTo("delays");
        assertThat(late.get(1).getStringProperty("evenkeelQuery")).isEqualTo("gates");
        assertThat(takeRejected(1)).hasSize(1);
    }

    private void send(Composer... composers) throws JMSException {
        try (Connection connection = kit.broker.connect();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue("flights"))) {
            for (Composer composer : composers) {
                producer.send(composer.compose(session));
            }
            session.commit();
        }
    }

    private List<Message> takeRejected(int count) throws JMSException {
        return take("flights.rejected", count);
    }

    /** So many, and no more. */
    private List<Message> take(String queue, int count) throws JMSException {
        ActiveMQConnectionFactory trusting =
                new ActiveMQConnectionFactory(kit.broker.settings().url());
        trusting.setDeserializationAllowList("io.evenkeel.jms");
        try (trusting;
                Connection connection = trusting.createConnection(TestBroker.USER, TestBroker.PASSWORD);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            connection.start();
            List<Message> taken = new ArrayList<>();
            while (taken.size() < count) {
                Message message = consumer.receive(ReceiverKit.BOUND.toMillis());
                assertThat(message)
                        .as("in %s, after %s of %s", queue, taken.size(), count)
                        .isNotNull();
                LargeBodies.load(message);
                taken.add(message);
            }
            assertThat(consumer.receive(500)).as("one too many in %s", queue).isNull();
            return taken;
        }
    }

    private static List<String> reasons(List<Message> messages) throws JMSException {
        List<String> reasons = new ArrayList<>();
        for (Message message : messages) {
            String field = message.getStringProperty("evenkeelField");
            reasons.add(message.getStringProperty("evenkeelReason") + (field == null ? "" : " " + field));
        }
        return reasons;
    }

    private static String flight(int number) {
        return "{\"number\":" + number + ",\"origin\":\"LHR\"}";
    }

    private static Message typed(Message message, String type) throws JMSException {
        message.setStringProperty("MESSAGE_TYPE", type);
        return message;
    }

    private static Message bytes(Session session, String text) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return message;
    }

    private static Message map(Session session, Object number, String origin) throws JMSException {
        MapMessage message = session.createMapMessage();
        message.setObject("number", number);
        message.setString("origin", origin);
        return message;
    }
}
