// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.Destination;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A queue as any client can use it: messages of all kinds, good and bad, one by one. For one thread. */
public final class RawQueue implements AutoCloseable {
    private static final int WINDOW = 1024 * 1024;
    /** How long a message that should not be there is waited for. */
    private static final Duration TOO_MANY = Duration.ofSeconds(1);

    private final Connection connection;
    private final Session session;
    private final jakarta.jms.Destination queue;

    /**
     * A message that a receiver could not process.
     *
     * @param field     at fault; empty if it is the message as a whole
     * @param receiver  that could not process it
     * @param messageId that it had in its queue
     * @param eventId   that its publisher gave it; else the message id
     * @param body      of a text message; of others their kind
     */
    public record Rejected(
            String reason,
            String field,
            String detail,
            String receiver,
            String messageId,
            String eventId,
            String body) {}

    public RawQueue(ConnectionSettings broker, String name) {
        try {
            connection = Connections.open(broker, WINDOW);
            connection.start();
            session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            queue = Destination.queue(name).in(session);
        } catch (JMSException e) {
            throw new AssertionError("Expected to use queue " + name + ", but: " + e, e);
        }
    }

    /** Send a text message. @param type its MESSAGE_TYPE */
    public void text(String type, String body) {
        sending(() -> {
            TextMessage message = session.createTextMessage(body);
            message.setStringProperty("MESSAGE_TYPE", type);
            return message;
        });
    }

    /** The same with what its publisher calls the event. */
    public void text(String type, String eventId, String body) {
        sending(() -> {
            TextMessage message = session.createTextMessage(body);
            message.setStringProperty("MESSAGE_TYPE", type);
            message.setStringProperty("eventId", eventId);
            return message;
        });
    }

    /** Send a message of bytes that need not be text. */
    public void bytes(String type, byte[] body) {
        sending(() -> {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(body);
            message.setStringProperty("MESSAGE_TYPE", type);
            return message;
        });
    }

    /** Send a message of names and values. */
    public void map(String type, Map<String, Object> body) {
        sending(() -> {
            MapMessage message = session.createMapMessage();
            for (Map.Entry<String, Object> field : body.entrySet()) {
                message.setObject(field.getKey(), field.getValue());
            }
            message.setStringProperty("MESSAGE_TYPE", type);
            return message;
        });
    }

    /** Send a serialized object, which nobody should read. */
    public void object(String type, Serializable body) {
        sending(() -> {
            ObjectMessage message = session.createObjectMessage(body);
            message.setStringProperty("MESSAGE_TYPE", type);
            return message;
        });
    }

    /** Take rejected messages; fewer than asked for if no more come in time. */
    public List<Rejected> takeRejected(int count, Duration limit) {
        List<Rejected> rejected = new ArrayList<>();
        for (Message message : take(count, limit)) {
            try {
                rejected.add(new Rejected(
                        text(message, "evenkeelReason"),
                        text(message, "evenkeelField"),
                        text(message, "evenkeelDetail"),
                        text(message, "evenkeelReceiver"),
                        text(message, "evenkeelMessageId"),
                        text(message, "eventId"),
                        message instanceof TextMessage body ? body.getText() : kind(message)));
            } catch (JMSException e) {
                throw new AssertionError("Expected to read a rejected message of " + queue + ", but: " + e, e);
            }
        }
        return rejected;
    }

    /** Take messages as they are; fewer than asked for if no more come in time. */
    public List<Message> take(int count, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        List<Message> taken = new ArrayList<>();
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            while (taken.size() < count) {
                Message message = consumer.receive(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
                if (message == null) {
                    return taken;
                }
                taken.add(message);
            }
            return taken;
        } catch (JMSException e) {
            throw new AssertionError("Expected " + count + " messages, but: " + e, e);
        }
    }

    /** Take so many messages, and no more: fail if they do not all come in time, or one too many soon afterwards. */
    public List<Message> takeAll(int count, Duration limit) {
        List<Message> taken = take(count, limit);
        if (taken.size() < count) {
            throw new AssertionError(
                    "Expected " + count + " messages of " + queue + " within " + limit + ", but got " + taken.size());
        }
        if (!take(1, TOO_MANY).isEmpty()) {
            throw new AssertionError("Expected " + count + " messages of " + queue + ", but got more");
        }
        return taken;
    }

    /** Hold so many messages, so that nobody else gets them; then roll back: the broker counts that as a delivery. */
    public void holding(int count, Duration limit, Runnable meanwhile) {
        try (Session transacted = connection.createSession(Session.SESSION_TRANSACTED)) {
            MessageConsumer consumer = transacted.createConsumer(queue);
            for (int i = 0; i < count; i++) {
                if (consumer.receive(limit.toMillis()) == null) {
                    throw new AssertionError("Expected to hold " + count + " messages, but only " + i + " came");
                }
            }
            meanwhile.run();
            transacted.rollback();
        } catch (JMSException e) {
            throw new AssertionError("Expected to hold " + count + " messages, but: " + e, e);
        }
    }

    /** How often each message in the queue was delivered so far; empty if there are not so many, or a consumer has some. */
    public Optional<List<Integer>> deliveries(int count) {
        List<Integer> counts = new ArrayList<>();
        try (QueueBrowser browser = session.createBrowser((Queue) queue)) {
            Enumeration<?> waiting = browser.getEnumeration();
            while (waiting.hasMoreElements()) {
                counts.add(((Message) waiting.nextElement()).getIntProperty("JMSXDeliveryCount"));
            }
        } catch (JMSException e) {
            throw new AssertionError("Expected to look into " + queue + ", but: " + e, e);
        }
        return counts.size() == count ? Optional.of(counts) : Optional.empty();
    }

    private interface Making {
        Message make() throws JMSException;
    }

    private void sending(Making making) {
        try {
            session.createProducer(queue).send(making.make());
        } catch (JMSException e) {
            throw new AssertionError("Expected to send to " + queue + ", but: " + e, e);
        }
    }

    private static String kind(Message message) throws JMSException {
        return message instanceof BytesMessage bytes ? "(" + bytes.getBodyLength() + " bytes)" : "(object)";
    }

    private static String text(Message message, String property) throws JMSException {
        String value = message.getStringProperty(property);
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        Connections.closeQuietly(connection);
    }
}
