// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.tool;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.Destination;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Takes messages from a queue. For one thread. */
public final class QueueReader implements AutoCloseable {
    private static final int WINDOW = 1024 * 1024;
    private static final int UNCOMMITTED = 500;

    private final String queue;
    private final Connection connection;
    private final Session session;
    private final MessageConsumer consumer;

    /** @throws QueueUnavailableException if there is no broker, or it refuses the user or the queue */
    public QueueReader(ConnectionSettings settings, String queue) throws QueueUnavailableException {
        this.queue = requireNonNull(queue, "queue");
        try {
            connection = Connections.open(settings, WINDOW);
        } catch (JMSException e) {
            throw new QueueUnavailableException(queue, e);
        }
        try {
            session = connection.createSession(Session.SESSION_TRANSACTED);
            consumer = session.createConsumer(Destination.queue(queue).in(session));
            connection.start();
        } catch (JMSException e) {
            Connections.closeQuietly(connection);
            throw new QueueUnavailableException(queue, e);
        }
    }

    /**
     * Read until there are so many, or none has come for a while. Messages are acknowledged after they were handed over,
     * some at a time: if this throws, the last ones come again.
     *
     * @param count the most to read
     * @param idle  how long to wait for each, more than zero
     * @return how many were read
     */
    public long read(long count, Duration idle, Consumer<ReceivedText> to) throws QueueUnavailableException {
        try {
            return take(count, idle, to);
        } catch (JMSException e) {
            throw new QueueUnavailableException(queue, e);
        }
    }

    private long take(long count, Duration idle, Consumer<ReceivedText> to) throws JMSException {
        long read = 0;
        int uncommitted = 0;
        while (read < count) {
            Message message = consumer.receiveNoWait();
            if (message == null) {
                // Before it waits: what was handed over must not come again because the queue fell silent.
                session.commit();
                uncommitted = 0;
                message = consumer.receive(Math.max(1, idle.toMillis()));
                if (message == null) {
                    return read;
                }
            }
            to.accept(textOf(message));
            read++;
            uncommitted++;
            if (uncommitted == UNCOMMITTED) {
                session.commit();
                uncommitted = 0;
            }
        }
        session.commit();
        return read;
    }

    private static ReceivedText textOf(Message message) throws JMSException {
        Map<String, String> properties = new HashMap<>();
        for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements(); ) {
            String name = (String) names.nextElement();
            Object value = message.getObjectProperty(name);
            if (!name.startsWith("JMSX") && !name.startsWith("_AMQ") && !name.startsWith("__AMQ") && value != null) {
                properties.put(name, value.toString());
            }
        }
        String text = message instanceof TextMessage given && given.getText() != null
                ? given.getText()
                : "(" + message.getClass().getSimpleName() + ")";
        return new ReceivedText(text, properties);
    }

    @Override
    public void close() {
        Connections.closeQuietly(connection);
    }
}
