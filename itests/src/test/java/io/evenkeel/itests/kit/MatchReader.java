// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.Destination;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes everything from one queue, in order, for as long as it lives; goes on after the broker was away.
 *
 * <p>A message that the broker delivers to it twice is one message (same JMS message id); two messages with one match id
 * are two publications, which is what the verdict looks for. {@link #matches()} may be called from any thread.
 */
final class MatchReader implements AutoCloseable {
    private static final int WINDOW = 1024 * 1024;
    private static final long LOOK_AGAIN_MS = 200;

    private final ConnectionSettings broker;
    private final String queue;
    private final Set<String> messageIds = new HashSet<>();
    private final List<ReceivedMatch> matches = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean paused;
    private volatile @Nullable Connection connection;

    MatchReader(ConnectionSettings broker, String queue) {
        this.broker = broker;
        this.queue = queue;
        this.thread = new Thread(this::run, "match-reader-" + queue);
        thread.setDaemon(true);
        thread.start();
    }

    /** All so far, in the order in which they arrived. */
    synchronized List<ReceivedMatch> matches() {
        return List.copyOf(matches);
    }

    /** Those that came since the last call, and forget them: for runs that are too long to keep all. */
    synchronized List<ReceivedMatch> take() {
        List<ReceivedMatch> taken = List.copyOf(matches);
        matches.clear();
        return taken;
    }

    synchronized int count() {
        return matches.size();
    }

    /** Take nothing any more, and give back what was held; or go on. Takes effect soon. */
    void pause(boolean nowPaused) {
        paused = nowPaused;
    }

    private void run() {
        while (!closed) {
            if (paused) {
                LockSupport.parkNanos(LOOK_AGAIN_MS * 1_000_000);
                continue;
            }
            try {
                Connection opened = Connections.open(broker, WINDOW);
                connection = opened;
                readUntilItBreaks(opened);
            } catch (JMSException | RuntimeException e) {
                LockSupport.parkNanos(LOOK_AGAIN_MS * 1_000_000); // the broker is away, or we are closed
            }
        }
    }

    private void readUntilItBreaks(Connection opened) throws JMSException {
        try {
            Session session = opened.createSession(Session.SESSION_TRANSACTED);
            MessageConsumer consumer =
                    session.createConsumer(Destination.queue(queue).in(session));
            opened.start();
            while (!closed && !paused) {
                Message first = consumer.receive(LOOK_AGAIN_MS);
                if (first != null) {
                    take(first, consumer, session);
                }
            }
        } finally {
            Connections.closeQuietly(opened);
        }
    }

    private void take(Message first, MessageConsumer consumer, Session session) throws JMSException {
        List<ReceivedMatch> batch = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (Message message = first; message != null; message = consumer.receiveNoWait()) {
            ids.add(message.getJMSMessageID());
            batch.add(matchOf(message));
        }
        // Kept before the commit: if its outcome is unknown they may come again, and are known then by their ids.
        keep(ids, batch);
        session.commit();
    }

    private synchronized void keep(List<String> ids, List<ReceivedMatch> batch) {
        for (int i = 0; i < batch.size(); i++) {
            if (messageIds.add(ids.get(i))) {
                matches.add(batch.get(i));
            }
        }
    }

    private ReceivedMatch matchOf(Message message) throws JMSException {
        String body = message instanceof TextMessage text
                ? Body.ordered(text.getText())
                : message.getClass().getName();
        return new ReceivedMatch(
                queue,
                text(message, "evenkeelMatchId"),
                text(message, "evenkeelQuery") + "/" + text(message, "evenkeelInstance"),
                text(message, "evenkeelKey"),
                text(message, "evenkeelCause"),
                body,
                message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT,
                System.nanoTime());
    }

    private static String text(Message message, String property) throws JMSException {
        String value = message.getStringProperty(property);
        return value == null ? "(none)" : value;
    }

    @Override
    public void close() {
        closed = true;
        Connection open = connection;
        if (open != null) {
            Connections.closeQuietly(open);
        }
    }
}
