// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.Message;

/**
 * Sends matches so that one that is sent again is dropped by the broker: by their ids, of which it remembers some (20,000 of
 * each address, if nobody has changed {@code id-cache-size}). It looks when a match is sent: of two that send the same at the
 * same time, neither is dropped. Not for what acknowledges messages in the same transaction.
 *
 * <p>For one thread, which may be interrupted: it learns of that when a call has ended. After an exception it is of no use.
 */
public final class MatchForwarder implements AutoCloseable {
    private static final int WINDOW = 0;

    private final CallThread thread;
    private final Line line;

    /** What is held of the broker. */
    private record Line(Connection connection, Session session, MatchSender sender) {}

    private MatchForwarder(CallThread thread, Line line) {
        this.thread = thread;
        this.line = line;
    }

    /** @throws BrokerFailedException if there is no broker, or it refuses the user */
    public static MatchForwarder open(ConnectionSettings broker) throws BrokerFailedException {
        CallThread thread = new CallThread("evenkeel-forward-" + broker.name());
        try {
            return new MatchForwarder(thread, thread.call("to reach broker " + broker.name(), () -> dial(broker)));
        } catch (BrokerFailedException e) {
            thread.close();
            throw e;
        }
    }

    private static Line dial(ConnectionSettings broker) throws JMSException {
        Connection connection = Connections.open(broker, WINDOW);
        try {
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            return new Line(connection, session, new MatchSender(session));
        } catch (JMSException | RuntimeException e) {
            Connections.closeQuietly(connection);
            throw e;
        }
    }

    /** Returns when all of them are with the broker, each once. @param matches with a {@link JmsProperties#MATCH_ID} */
    public void send(List<OutboundMatch> matches) throws BrokerFailedException {
        List<OutboundMatch> marked =
                matches.stream().map(MatchForwarder::recognisable).toList();
        thread.call("to forward " + matches.size() + " matches", () -> {
            if (!commit(marked)) {
                // Some have been sent before. One of those rolls a whole transaction back, so each gets its own.
                for (OutboundMatch match : marked) {
                    commit(List.of(match));
                }
            }
            return marked.size();
        });
    }

    private static OutboundMatch recognisable(OutboundMatch match) {
        Map<String, String> properties = new TreeMap<>(match.properties());
        properties.put(
                Message.HDR_DUPLICATE_DETECTION_ID.toString(),
                requireNonNull(properties.get(JmsProperties.MATCH_ID), JmsProperties.MATCH_ID));
        return new OutboundMatch(match.destination(), properties, match.body(), match.persistent());
    }

    /** False if nothing was sent, since some of it is there. */
    private boolean commit(List<OutboundMatch> matches) throws JMSException {
        try {
            line.sender().send(matches);
            line.session().commit();
            return true;
        } catch (JMSException e) {
            if (!isRepeat(e)) {
                throw e;
            }
            line.session().rollback();
            return false;
        }
    }

    private static boolean isRepeat(JMSException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ActiveMQException artemis
                    && artemis.getType() == ActiveMQExceptionType.DUPLICATE_ID_REJECTED) {
                return true;
            }
        }
        return false;
    }

    /** Never throws. */
    @Override
    public void close() {
        thread.end(() -> Connections.closeQuietly(line.connection()));
    }
}
