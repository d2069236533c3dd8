// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes matches as they come and tells the time that the event of each carried and when the match arrived. */
final class MatchConsumer implements AutoCloseable {
    private static final int WINDOW = 1024 * 1024;
    private static final Pattern TIME = Pattern.compile("\"t\":(-?\\d+)");

    /** Told each match, on a thread of the client. */
    interface Listener {
        /** Both in {@link System#nanoTime} of this JVM. */
        void match(long eventNanos, long arrivedNanos);
    }

    private final Connection connection;
    private final Listener listener;
    private volatile @Nullable RuntimeException failure;

    MatchConsumer(ConnectionSettings broker, Listener listener) throws JMSException {
        this.listener = listener;
        connection = Connections.open(broker, WINDOW);
        Session session = connection.createSession(Session.DUPS_OK_ACKNOWLEDGE);
        session.createConsumer(session.createQueue(Readings.MATCHES)).setMessageListener(this::arrived);
        connection.start();
    }

    private void arrived(Message message) {
        long now = System.nanoTime();
        try {
            String body = ((TextMessage) message).getText();
            Matcher time = TIME.matcher(body);
            if (!time.find()) {
                throw new IllegalStateException("Expected a match with its time, but got " + body);
            }
            listener.match(Long.parseLong(time.group(1)), now);
        } catch (JMSException e) {
            failure = new IllegalStateException("Expected to read a match, but could not", e);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Fails if any match could not be understood. */
    void check() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public void close() {
        Connections.closeQuietly(connection);
    }
}
