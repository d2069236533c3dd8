// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQQueueExistsException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;

/** What tests do as clients of a broker. */
final class Clients {

    private static final long RECEIVE_LIMIT_MS = 5_000;

    private Clients() {}

    /** A started Core connection with the client settings of the design. */
    static Connection core(String url, @Nullable String user, @Nullable String password) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        factory.setConnectionTTL(6_000);
        factory.setClientFailureCheckPeriod(1_500);
        factory.setConfirmationWindowSize(-1);
        factory.setCallTimeout(10_000);
        factory.setInitialConnectAttempts(1);
        factory.setReconnectAttempts(0);
        Connection connection = factory.createConnection(user, password);
        connection.start();
        return connection;
    }

    static Connection core(EmbeddedBroker broker) throws JMSException {
        return core(broker.url(), BrokerSettings.USER, broker.password());
    }

    /** A started AMQP connection. */
    static Connection amqp(int port, @Nullable String user, @Nullable String password) throws JMSException {
        Connection connection = new JmsConnectionFactory(user, password, "amqp://127.0.0.1:" + port).createConnection();
        connection.start();
        return connection;
    }

    static void publish(Connection connection, String queue, List<String> bodies) throws JMSException {
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (String body : bodies) {
                producer.send(session.createTextMessage(body));
            }
            session.commit();
        }
    }

    /** Receive that many, waiting up to 5 s for each; fewer if there are no more. */
    static List<Message> receive(MessageConsumer consumer, int count) throws JMSException {
        List<Message> received = new ArrayList<>();
        while (received.size() < count) {
            Message message = consumer.receive(RECEIVE_LIMIT_MS);
            if (message == null) {
                break;
            }
            received.add(message);
        }
        return received;
    }

    static List<String> texts(List<Message> messages) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Message message : messages) {
            texts.add(((TextMessage) message).getText());
        }
        return texts;
    }

    /** The recipe for a strict queue, part one: make it, or find it there. Returns whether it is exclusive. */
    static boolean makeExclusive(Session session, String queue) throws ActiveMQException {
        ClientSession core = ((ActiveMQSession) session).getCoreSession();
        try {
            core.createQueue(QueueConfiguration.of(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setExclusive(true));
            return true;
        } catch (ActiveMQQueueExistsException e) {
            return core.queueQuery(SimpleString.of(queue)).isExclusive();
        }
    }

    /** Part two, for a queue that a publisher has made before: needs the permission to manage. */
    static void updateToExclusive(EmbeddedBroker broker, String queue) throws JMSException {
        try (var management = ArtemisManagement.connect(broker.url(), BrokerSettings.USER, broker.password())) {
            var answer = management.operation(
                    ArtemisManagement.BROKER, "updateQueue", "{\"name\":\"%s\",\"exclusive\":true}".formatted(queue));
            if (answer.refusal() != null) {
                throw new JMSException(answer.refusal());
            }
        }
    }

    /** Cut the TCP connection under a Core connection: what the broker sees of a process that is killed. */
    static void cut(Connection connection) {
        ((ActiveMQConnection) connection)
                .getSessionFactory()
                .getConnection()
                .getTransportConnection()
                .forceClose();
    }
}
