// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import static java.util.Objects.requireNonNull;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.util.EnumSet;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.json.JsonValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections with the client settings that the guarantees rest on. */
public final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    /** The broker lets go of a silent client after this long; not less than the grid takes to remove a member. */
    static final long CONNECTION_TTL_MS = 6_000;

    static final long FAILURE_CHECK_MS = 1_500;
    static final long CALL_TIMEOUT_MS = 10_000;
    /** From one broker of a list to the next one: of a pair, one never listens. */
    static final long NEXT_BROKER_MS = 100;

    /** Netty waits 30 s for a host that drops what it gets, and so would the other broker of a pair. */
    private static final int CONNECT_LIMIT_MS = 3_000;

    private static final Set<ActiveMQExceptionType> NOBODY_THERE =
            EnumSet.of(ActiveMQExceptionType.NOT_CONNECTED, ActiveMQExceptionType.CONNECTION_TIMEDOUT);

    static {
        // The static initialisers of Artemis' JSON classes need each other. Two threads that are the first to use two
        // of
        // them wait for each other for ever, and so does every receiver after them. Here one thread is the first.
        requireNonNull(JsonValue.NULL, "null of Artemis' JSON");
    }

    private Connections() {}

    /**
     * Open a connection; not started. Blocks until the broker has answered or refused, at most about as long as a call's
     * timeout, and 3 s for a host that says nothing at all, unless the url has {@code connect-timeout-millis}; it is tried
     * once, because whoever opens a connection has a backoff of its own and must be able to stop. Of a list of brokers each
     * one is tried once, in turn from one that is drawn by lot.
     *
     * @param window how much of a queue each consumer may hold ahead of its work, in bytes
     * @throws JMSException if there is no broker, or it refuses the user
     */
    public static Connection open(ConnectionSettings settings, int window) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(settings.url());
        for (TransportConfiguration broker : factory.getStaticConnectors()) {
            broker.getParams().putIfAbsent(TransportConstants.NETTY_CONNECT_TIMEOUT, CONNECT_LIMIT_MS);
        }
        factory.setConnectionTTL(CONNECTION_TTL_MS);
        factory.setClientFailureCheckPeriod(FAILURE_CHECK_MS);
        factory.setCallTimeout(CALL_TIMEOUT_MS);
        // With a confirmation window the broker keeps the session of a killed client until the TTL, in the hope
        // that it comes back; its messages would wait as long.
        factory.setConfirmationWindowSize(-1);
        // Not -1, which the client would repair by itself: inside a transaction it keeps the session's name, and then
        // delivers to it again what it had already received, so that a batch could count toward settling twice;
        // a call that waits for a repair cannot be stopped either. One rule for all failures: close and open again.
        factory.setReconnectAttempts(0);
        factory.setInitialConnectAttempts(1);
        factory.setRetryInterval(NEXT_BROKER_MS);
        factory.setConsumerWindowSize(window);
        // One acknowledgement for all that the client received, sent ahead of the commit: it acknowledges nothing
        // before that. The default, 1 MiB, is more than a batch, so this only says what is meant.
        factory.setTransactionBatchSize(1024 * 1024);
        // In a transaction the broker answers for all sends at once: it marks the transaction as one to roll back if
        // any of them failed. To wait for each would cost a round trip per match.
        factory.setBlockOnDurableSend(false);
        factory.setCacheDestinations(true);
        // ObjectMessages are never read; this is the second lock on that door.
        factory.setDeserializationDenyList("*");
        String password = settings.readPassword();
        try {
            return factory.createConnection(settings.user(), password);
        } catch (JMSException e) {
            if (e.getCause() instanceof ActiveMQException cause && NOBODY_THERE.contains(cause.getType())) {
                throw ConnectionTrouble.explain(settings, factory, e);
            }
            throw e;
        }
    }

    /** Hang up without a word, as a process does that dies, and close what is left on this side. Never throws. */
    public static void drop(Connection connection) {
        try {
            ((ActiveMQConnection) connection)
                    .getSessionFactory()
                    .getConnection()
                    .destroy();
        } catch (RuntimeException e) {
            LOG.debug("Hanging up a connection failed", e);
        }
        closeQuietly(connection);
    }

    /** Close in good order, as far as that goes. Never throws. */
    public static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (JMSException | RuntimeException e) {
            LOG.debug("Closing a connection failed", e);
        }
    }
}
