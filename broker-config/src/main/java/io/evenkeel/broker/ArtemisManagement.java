// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/** Asks a live Artemis over its management queue, one question at a time. Not thread-safe. */
final class ArtemisManagement implements AutoCloseable {

    static final String BROKER = "broker";

    private static final int TIMEOUT_MS = 5_000;
    /** Netty waits 30 s for a host that drops what it gets. */
    private static final int CONNECT_LIMIT_MS = 3_000;

    private static final long NEXT_BROKER_MS = 100;

    static {
        ArtemisJson.load();
    }

    private final ActiveMQConnectionFactory factory;
    private final Connection connection;
    private final Session session;
    private final MessageProducer requests;
    private final TemporaryQueue replyTo;
    private final MessageConsumer replies;

    /** An answer: the value, or why there is none. */
    record Answer(@Nullable Object value, @Nullable String refusal) {}

    private ArtemisManagement(ActiveMQConnectionFactory factory, Connection connection) throws JMSException {
        this.factory = factory;
        this.connection = connection;
        this.session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        this.requests = session.createProducer(session.createQueue("activemq.management"));
        this.replyTo = session.createTemporaryQueue();
        this.replies = session.createConsumer(replyTo);
        connection.start();
    }

    static ArtemisManagement connect(String url, String user, String password) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        for (TransportConfiguration broker : factory.getStaticConnectors()) {
            broker.getParams().putIfAbsent(TransportConstants.NETTY_CONNECT_TIMEOUT, CONNECT_LIMIT_MS);
        }
        // A check answers now; it does not wait for a broker to come back.
        factory.setInitialConnectAttempts(1);
        factory.setReconnectAttempts(0);
        // Of a pair one never listens: on to the other one.
        factory.setRetryInterval(NEXT_BROKER_MS);
        factory.setCallTimeout(TIMEOUT_MS);
        factory.setUseTopologyForLoadBalancing(false);
        Connection connection = null;
        try {
            connection = factory.createConnection(user, password);
            return new ArtemisManagement(factory, connection);
        } catch (JMSException | RuntimeException e) {
            if (connection != null) {
                connection.close();
            }
            factory.close();
            throw e;
        }
    }

    Answer attribute(String resource, String attribute) throws JMSException {
        Message request = session.createMessage();
        JMSManagementHelper.putAttribute(request, resource, attribute);
        return ask(request);
    }

    Answer operation(String resource, String operation, Object... parameters) throws JMSException {
        Message request = session.createMessage();
        JMSManagementHelper.putOperationInvocation(request, resource, operation, parameters);
        return ask(request);
    }

    private Answer ask(Message request) throws JMSException {
        request.setJMSReplyTo(replyTo);
        requests.send(request);
        Message reply = replies.receive(TIMEOUT_MS);
        if (reply == null) {
            throw new JMSException("no answer from the management queue within " + TIMEOUT_MS + " ms");
        }
        try {
            Object result = JMSManagementHelper.getResult(reply);
            return JMSManagementHelper.hasOperationSucceeded(reply)
                    ? new Answer(result, null)
                    : new Answer(null, String.valueOf(result));
        } catch (Exception e) {
            return new Answer(null, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() throws JMSException {
        try {
            // Left to the end of the connection, Artemis logs an error when it removes the address before the queue.
            replies.close();
            replyTo.delete();
        } finally {
            connection.close();
            factory.close();
        }
    }
}
