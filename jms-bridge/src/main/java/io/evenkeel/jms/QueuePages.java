// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.ExistingQueue;
import io.evenkeel.jms.connection.LargeBodies;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a queue holds and takes nothing away. What a consumer has in its hands is not seen. For one thread, which may be
 * interrupted: it learns of that when a call has ended. After an exception it is of no use.
 */
public final class QueuePages implements AutoCloseable {
    private static final int WINDOW = 256 * 1024;

    private final String expected;
    private final CallThread thread;
    private final Line line;

    /** What is held of the broker. */
    private static final class Line {
        private final Connection connection;
        private final Session session;
        private final String queue;
        private final Enumeration<?> messages;

        private Line(Connection connection, String queue) throws JMSException {
            this.connection = connection;
            this.queue = queue;
            this.session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
            jakarta.jms.Queue there = ExistingQueue.require(session, queue);
            connection.start();
            this.messages = session.createBrowser(there).getEnumeration();
        }

        private @Nullable Message next() throws JMSException {
            if (messages.hasMoreElements()) {
                return (Message) messages.nextElement();
            }
            // When the connection breaks, there are no more either: then nobody answers.
            ExistingQueue.require(session, queue);
            return null;
        }
    }

    /** Some messages. @param refused why those could not be read that are not among the events */
    public record Page(List<InboundEvent> events, List<Refusal> refused) {
        public Page {
            events = List.copyOf(events);
            refused = List.copyOf(refused);
        }

        public int messages() {
            return events.size() + refused.size();
        }
    }

    private final MessageReader reader;

    private QueuePages(String expected, CallThread thread, Line line, MessageReader reader) {
        this.expected = expected;
        this.thread = thread;
        this.line = line;
        this.reader = reader;
    }

    /**
     * @param eventType of messages that name none; null: those cannot be read
     * @throws BrokerFailedException if there is no broker, it refuses the user, or there is no such queue
     */
    public static QueuePages open(
            ConnectionSettings broker, String queue, EventDecoding decoding, @Nullable String eventType)
            throws BrokerFailedException {
        String expected = "to look through queue " + queue;
        MessageReader reader = new MessageReader(
                ReceiverSettings.relaxed(queue, queue, eventType),
                decoding,
                event -> Optional.empty(),
                only -> Optional.empty());
        CallThread thread = new CallThread("evenkeel-look-" + queue);
        try {
            return new QueuePages(expected, thread, thread.call(expected, () -> dial(broker, queue)), reader);
        } catch (BrokerFailedException e) {
            thread.close();
            throw e;
        }
    }

    private static Line dial(ConnectionSettings broker, String queue) throws JMSException {
        Connection connection = Connections.open(broker, WINDOW);
        try {
            return new Line(connection, queue);
        } catch (JMSException | RuntimeException e) {
            Connections.closeQuietly(connection);
            throw e;
        }
    }

    /** What follows, at most so many; none: that was all. The time of an event is when the message came to this queue. */
    public Page next(int most) throws BrokerFailedException {
        return thread.call(expected, () -> {
            List<InboundEvent> events = new ArrayList<>();
            List<Refusal> refused = new ArrayList<>();
            while (events.size() + refused.size() < most) {
                Message message = line.next();
                if (message == null) {
                    break;
                }
                LargeBodies.load(message);
                MessageReader.Reading reading = reader.read(message);
                if (reading instanceof MessageReader.Understood understood
                        && understood.inbound() instanceof InboundEvent event) {
                    events.add(event.ingressMs() > 0 ? event : event.takenInAt(message.getJMSTimestamp()));
                } else if (reading instanceof MessageReader.Unreadable unreadable) {
                    refused.add(unreadable.refusal());
                }
            }
            return new Page(events, refused);
        });
    }

    /** Never throws. */
    @Override
    public void close() {
        thread.end(() -> Connections.closeQuietly(line.connection));
    }
}
