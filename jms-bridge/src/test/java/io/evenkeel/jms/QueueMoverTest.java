// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.jms.QueueMover.Moved;
import io.evenkeel.jms.connection.LargeBodies;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QueueMoverTest {
    private static final String REJECTED = "flights.rejected";
    private static final long EVER = Long.MAX_VALUE / 2;

    private TestBroker broker;

    private interface Composer {
        Message compose(Session session) throws JMSException;
    }

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        broker = new TestBroker(folder);
        // Somebody has made it.
        take("flights", 1);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    @DisplayName("what the selector picks is moved with body and properties, without what the rejection added")
    void shouldMoveWhatIsSelected() throws Exception {
        String large = "x".repeat(300_000);
        send(
                session -> rejected(session.createTextMessage("{}"), "NULL_KEY", "e-1"),
                session -> rejected(session.createTextMessage("not JSON"), "NOT_JSON", "e-2"),
                session -> {
                    MapMessage map = session.createMapMessage();
                    map.setInt("number", 7);
                    map.setIntProperty("attempt", 3);
                    map.setJMSCorrelationID("c-1");
                    return rejected(map, "NULL_KEY", "e-3");
                },
                session -> {
                    BytesMessage bytes = session.createBytesMessage();
                    bytes.writeBytes(new byte[] {1, 2, 3});
                    return rejected(bytes, "NULL_KEY", "e-4");
                },
                session -> rejected(session.createTextMessage(large), "NULL_KEY", "e-5"));

        assertThat(move(selecting("evenkeelReason = 'NULL_KEY'"), 100)).isEqualTo(new Moved(4, 0));

        List<Message> moved = take("flights", 4);
        assertThat(moved).hasSize(4);
        for (Message message : moved) {
            assertThat(message.getObjectProperty("evenkeelReason")).isNull();
            assertThat(message.getObjectProperty("evenkeelField")).isNull();
            assertThat(message.getObjectProperty("evenkeelDetail")).isNull();
            assertThat(message.getObjectProperty("evenkeelReceiver")).isNull();
            assertThat(message.getObjectProperty("evenkeelMessageId")).isNull();
            assertThat(message.getStringProperty("evenkeelQuery"))
                    .as("of the match that it was")
                    .isEqualTo("q");
            assertThat(message.getStringProperty("evenkeelRedrive")).isEqualTo("job-1");
        }
        assertThat(ids(moved)).containsExactly("e-1", "e-3", "e-4", "e-5");
        assertThat(((TextMessage) moved.get(0)).getText()).isEqualTo("{}");
        assertThat(((MapMessage) moved.get(1)).getInt("number")).isEqualTo(7);
        assertThat(moved.get(1).getIntProperty("attempt")).isEqualTo(3);
        assertThat(moved.get(1).getJMSCorrelationID()).isEqualTo("c-1");
        byte[] body = new byte[4];
        assertThat(((BytesMessage) moved.get(2)).readBytes(body)).isEqualTo(3);
        assertThat(body).containsExactly(1, 2, 3, 0);
        assertThat(((TextMessage) moved.get(3)).getText()).isEqualTo(large);
        List<Message> left = take(REJECTED, 1);
        assertThat(ids(left)).containsExactly("e-2");
        assertThat(left.get(0).getStringProperty("evenkeelReason")).isEqualTo("NOT_JSON");
    }

    @Test
    @DisplayName("what bears the move's mark, and what came after its beginning, stays")
    void shouldMoveWhatWasThere() throws Exception {
        send(
                session -> {
                    Message again = rejected(session.createTextMessage("{}"), "NULL_KEY", "again");
                    again.setStringProperty("evenkeelRedrive", "job-1");
                    return again;
                },
                session -> {
                    Message other = rejected(session.createTextMessage("{}"), "NULL_KEY", "of another");
                    other.setStringProperty("evenkeelRedrive", "job-0");
                    return other;
                },
                session -> rejected(session.createTextMessage("{}"), "NULL_KEY", "new"));
        long sentMs = take(REJECTED, 3, false).get(0).getJMSTimestamp();

        assertThat(move(new QueueMove("job-1", REJECTED, "flights", "", sentMs - 1, false), 100))
                .isEqualTo(new Moved(0, 0));
        assertThat(move(selecting(""), 100)).isEqualTo(new Moved(2, 0));

        assertThat(ids(take("flights", 2))).containsExactly("of another", "new");
        assertThat(ids(take(REJECTED, 1))).containsExactly("again");
    }

    @Test
    @DisplayName("no more than was asked for is moved, and the rest is back in its order")
    void shouldKeepToTheLimit() throws Exception {
        send(
                session -> rejected(session.createTextMessage("1"), "NOT_JSON", "e-1"),
                session -> rejected(session.createTextMessage("2"), "NOT_JSON", "e-2"),
                session -> rejected(session.createTextMessage("3"), "NOT_JSON", "e-3"));

        assertThat(move(selecting(""), 1)).isEqualTo(new Moved(1, 0));

        assertThat(ids(take("flights", 1))).containsExactly("e-1");
        assertThat(ids(take(REJECTED, 2))).containsExactly("e-2", "e-3");
    }

    @Test
    @DisplayName("late messages are counted, lose what made them late, and get new ids if that is wanted")
    void shouldCountLateMessages() throws Exception {
        send(session -> {
            Message late = rejected(session.createTextMessage("{}"), "LATE", "e-1");
            late.setLongProperty("evenkeelLateMs", 250);
            return late;
        });

        assertThat(move(new QueueMove("job-1", REJECTED, "flights", "", EVER, true), 100))
                .isEqualTo(new Moved(1, 1));

        Message moved = take("flights", 1).get(0);
        assertThat(moved.getObjectProperty("evenkeelQuery")).isNull();
        assertThat(moved.getObjectProperty("evenkeelLateMs")).isNull();
        assertThat(moved.getStringProperty("eventId")).isEqualTo("e-1/job-1");
    }

    @Test
    @DisplayName("a queue that is not there is a failure that names it, and is not made")
    void shouldRefuseUnknownQueue() {
        assertThatThrownBy(() -> move(new QueueMove("job-1", "fligths.rejected", "flights", "", EVER, false), 100))
                .isInstanceOf(BrokerFailedException.class)
                .hasMessage("Expected to move messages from fligths.rejected to flights, but: the broker has no queue"
                        + " fligths.rejected");
        assertThatThrownBy(() -> move(selecting("evenkeelReason = 'NULL_KEY'"), 100))
                .hasMessageContaining("the broker has no queue flights.rejected");
        assertThat(broker.consumers("fligths.rejected")).isZero();
    }

    @Test
    @DisplayName("a broker that ends between two calls is a failure, not an empty queue")
    void shouldTellThatTheBrokerIsGone() throws Exception {
        send(session -> rejected(session.createTextMessage("{}"), "NULL_KEY", "e-1"));
        try (QueueMover mover = QueueMover.open(broker.settings(), selecting("attempt = 1"))) {
            assertThat(mover.move(100)).isEqualTo(new Moved(0, 0));
            broker.stop();
            assertThatThrownBy(() -> mover.move(100)).isInstanceOf(BrokerFailedException.class);
        }
        broker.start();
    }

    @Test
    @DisplayName("who is interrupted meanwhile learns of it when the transaction has ended, which is whole")
    void shouldEndWhatItBegan() throws Exception {
        send(session -> rejected(session.createTextMessage("{}"), "NULL_KEY", "e-1"));
        try (QueueMover mover = QueueMover.open(broker.settings(), selecting(""))) {
            Thread.currentThread().interrupt();
            assertThat(mover.move(100)).isEqualTo(new Moved(1, 0));
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(ids(take("flights", 1))).containsExactly("e-1");
        assertThat(broker.depth(REJECTED)).isZero();
    }

    @Test
    @DisplayName("what is no selector is found without a broker")
    void shouldFindFaultsOfSelectors() {
        assertThat(QueueMove.findFault("evenkeelReason = 'NULL_KEY' AND evenkeelField LIKE 'o%'"))
                .isEmpty();
        assertThat(QueueMove.findFault("evenkeelReason == 'NULL_KEY'")).isPresent();
        assertThat(QueueMove.findFault("a = 1) OR (b = 2")).isPresent();
        assertThat(QueueMove.findFault("evenkeelReason = 'NULL_KEY")).isPresent();
    }

    private static QueueMove selecting(String selector) {
        return new QueueMove("job-1", REJECTED, "flights", selector, EVER, false);
    }

    private Moved move(QueueMove move, int most) throws BrokerFailedException {
        try (QueueMover mover = QueueMover.open(broker.settings(), move)) {
            return mover.move(most);
        }
    }

    /** As the side sender leaves it. */
    private static Message rejected(Message message, String reason, String eventId) throws JMSException {
        message.setStringProperty("evenkeelReason", reason);
        message.setStringProperty("evenkeelField", "origin");
        message.setStringProperty("evenkeelDetail", "why");
        message.setStringProperty("evenkeelReceiver", "flights");
        message.setStringProperty("evenkeelMessageId", "m-" + eventId);
        message.setStringProperty("evenkeelQuery", "q");
        message.setStringProperty("eventId", eventId);
        return message;
    }

    private void send(Composer... composers) throws JMSException {
        try (Connection connection = broker.connect();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(REJECTED))) {
            for (Composer composer : composers) {
                producer.send(composer.compose(session));
            }
            session.commit();
        }
    }

    private List<Message> take(String queue, int count) throws JMSException {
        return take(queue, count, true);
    }

    /** Take what is there, and fail if it is more than so many. @param away false: it stays there */
    private List<Message> take(String queue, int count, boolean away) throws JMSException {
        try (Connection connection = broker.connect();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            List<Message> taken = new ArrayList<>();
            for (Message message = consumer.receive(200); message != null; message = consumer.receive(200)) {
                LargeBodies.load(message);
                taken.add(message);
            }
            if (away) {
                session.commit();
            } else {
                session.rollback();
            }
            assertThat(taken).hasSizeLessThanOrEqualTo(count);
            return taken;
        }
    }

    private static List<String> ids(List<Message> messages) throws JMSException {
        List<String> ids = new ArrayList<>();
        for (Message message : messages) {
            ids.add(message.getStringProperty("eventId"));
        }
        return ids;
    }
}
