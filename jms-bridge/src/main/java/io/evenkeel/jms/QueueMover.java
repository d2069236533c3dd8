// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.ExistingQueue;
import io.evenkeel.jms.connection.LargeBodies;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Moves messages from one queue to another, some in a transaction: whoever dies, each is in one of the two, once. They keep
 * body and properties, but for what {@link SideSender} has added; the id of their event stays.
 *
 * <p>For one thread, which may be interrupted: it learns of that when a call has ended. After an exception it is of no use.
 */
public final class QueueMover implements AutoCloseable {
    /** Little: what it holds ahead, nobody else sees. */
    private static final int WINDOW = 256 * 1024;

    private static final long WAIT_MS = 500;
    private static final long MOST_LOADED = 16L * 1024 * 1024;
    private static final List<String> OF_SIDE_SENDER = List.of(
            JmsProperties.REASON,
            JmsProperties.FIELD,
            JmsProperties.DETAIL,
            JmsProperties.RECEIVER,
            JmsProperties.ORIGINAL_MESSAGE_ID);
    /** A rejected message may have a query of its own: it may have been a match. */
    private static final List<String> OF_LATE = List.of(
            JmsProperties.REASON,
            JmsProperties.RECEIVER,
            JmsProperties.ORIGINAL_MESSAGE_ID,
            JmsProperties.QUERY,
            JmsProperties.LATE_MS);

    private final CallThread thread;
    private final QueueMove move;
    private final Line line;

    /** What is held of the broker. */
    private static final class Line {
        private final Connection connection;
        private final Session session;
        private final MessageConsumer consumer;
        private final MessageProducer producer;
        private volatile @Nullable JMSException failure;

        private Line(Connection connection, QueueMove move) throws JMSException {
            this.connection = connection;
            connection.setExceptionListener(e -> failure = e);
            this.session = connection.createSession(Session.SESSION_TRANSACTED);
            this.consumer = session.createConsumer(ExistingQueue.require(session, move.from()), move.wholeSelector());
            this.producer = session.createProducer(ExistingQueue.require(session, move.to()));
            connection.start();
        }

        /** A consumer that was closed under us returns null as an empty queue does. */
        private void checkAlive() throws JMSException {
            JMSException known = failure;
            if (known != null) {
                throw known;
            }
        }
    }

    /** What a transaction has moved. @param late those of them that were too late for a query */
    public record Moved(int messages, int late) {}

    private QueueMover(CallThread thread, QueueMove move, Line line) {
        this.thread = thread;
        this.move = move;
        this.line = line;
    }

    /** @throws BrokerFailedException if there is no broker, it refuses the user, or one of the queues is not there */
    public static QueueMover open(ConnectionSettings broker, QueueMove move) throws BrokerFailedException {
        CallThread thread = new CallThread("evenkeel-move-" + move.name());
        try {
            return new QueueMover(thread, move, thread.call(expected(move), () -> dial(broker, move)));
        } catch (BrokerFailedException e) {
            thread.close();
            throw e;
        }
    }

    private static Line dial(ConnectionSettings broker, QueueMove move) throws JMSException {
        Connection connection = Connections.open(broker, WINDOW);
        try {
            return new Line(connection, move);
        } catch (JMSException | RuntimeException e) {
            Connections.closeQuietly(connection);
            throw e;
        }
    }

    private static String expected(QueueMove move) {
        return "to move messages from " + move.from() + " to " + move.to();
    }

    /**
     * Moves what is there in one transaction; waits half a second for the first.
     *
     * @param most messages, more than 0
     * @throws BrokerFailedException if it was rolled back, or nobody knows: then it has happened as a whole, or not at all
     */
    public Moved move(int most) throws BrokerFailedException {
        return thread.call(expected(move), () -> {
            int messages = 0;
            int late = 0;
            long loaded = 0;
            Message message = line.consumer.receive(WAIT_MS);
            while (message != null) {
                loaded += LargeBodies.load(message);
                late += pass(message) ? 1 : 0;
                messages++;
                message = messages < most && loaded < MOST_LOADED ? line.consumer.receiveNoWait() : null;
            }
            line.checkAlive();
            // Also if there are none: who answers tells that the queue is empty, and not the broker gone.
            line.session.commit();
            return new Moved(messages, late);
        });
    }

    /** True if it was late. */
    private boolean pass(Message message) throws JMSException {
        boolean late = SideSender.LATE.equals(message.getObjectProperty(JmsProperties.REASON));
        Map<String, Object> marks = new TreeMap<>();
        marks.put(JmsProperties.REDRIVE, move.name());
        if (move.newIds()) {
            Object known = message.getObjectProperty(JmsProperties.EVENT_ID);
            String id = known == null
                    ? MessageIdentity.of(message)
                            .map(MessageIdentity::messageId)
                            .orElse("")
                    : known.toString();
            marks.put(JmsProperties.EVENT_ID, id + "/" + move.name());
        }
        PassedOn.send(line.producer, message, late ? OF_LATE : OF_SIDE_SENDER, marks);
        return late;
    }

    /** What was received and not moved goes back. Never throws. */
    @Override
    public void close() {
        thread.end(() -> Connections.closeQuietly(line.connection));
    }
}
