// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Core consumer can know about a message's arrival, whoever has published it. */
class ArrivalTest {

    private static final String INGRESS = "_AMQ_INGRESS_TIMESTAMP";

    @TempDir
    private Path data;

    @Test
    @DisplayName("every message carries the broker's time of arrival, from Core, AMQP and STOMP alike")
    void shouldStampArrivalForEveryProtocol() throws Exception {
        try (var broker = start();
                Connection connection = Clients.core(broker)) {
            long before = System.currentTimeMillis();
            publishByEachProtocol(broker);
            long after = System.currentTimeMillis();

            for (Message message : peek(connection)) {
                assertThat(ingress(message)).as(message.toString()).isBetween(before, after);
                assertThat(message.getLongProperty(INGRESS)).isEqualTo(ingress(message));
                assertThat(message.propertyExists(INGRESS)).isTrue();
            }
        }
    }

    @Test
    @DisplayName(
            "id and time of arrival stay the same on redelivery and after a broker restart, and ids are not used again")
    void shouldKeepIdentityOverRedeliveryAndRestart() throws Exception {
        Map<Long, Long> first;
        Map<Long, Long> again;
        Map<Long, Long> restarted;
        try (var broker = start();
                Connection connection = Clients.core(broker)) {
            publishByEachProtocol(broker);
            first = identities(peek(connection));
            List<Message> redelivered = peek(connection);
            assertThat(redelivered).allMatch(ArrivalTest::isRedelivered);
            again = identities(redelivered);
        }
        try (var broker = start();
                Connection connection = Clients.core(broker)) {
            restarted = identities(peek(connection));
            publishByEachProtocol(broker);
            List<Message> old = peek(connection, 6).subList(0, 3);
            List<Message> fresh = peek(connection, 6).subList(3, 6);
            assertThat(identities(old)).isEqualTo(first);
            assertThat(identities(fresh).keySet())
                    .hasSize(3)
                    .allMatch(id -> first.keySet().stream().allMatch(earlier -> id > earlier));
        }
        assertThat(first).hasSize(3);
        assertThat(again).isEqualTo(first);
        assertThat(restarted).isEqualTo(first);
    }

    @Test
    @DisplayName("JMSMessageID cannot be the identity: a message from STOMP has none")
    void shouldHaveNoMessageIdFromStomp() throws Exception {
        try (var broker = start();
                Connection connection = Clients.core(broker)) {
            publishByEachProtocol(broker);
            List<Message> messages = peek(connection);
            assertThat(messages.get(0).getJMSMessageID()).startsWith("ID:");
            assertThat(messages.get(1).getJMSMessageID()).startsWith("ID:");
            assertThat(messages.get(2).getJMSMessageID()).isNull();
        }
    }

    private EmbeddedBroker start() throws BrokerStartException {
        return new EmbeddedBroker(BrokerSettings.of(data).withPort(0), Map.of()).start();
    }

    private static void publishByEachProtocol(EmbeddedBroker broker) throws Exception {
        try (Connection core = Clients.core(broker);
                Connection amqp = Clients.amqp(broker.port(), BrokerSettings.USER, broker.password());
                var stomp = StompClient.connect(broker.port(), BrokerSettings.USER, broker.password())) {
            Clients.publish(core, "flights", List.of("core"));
            Clients.publish(amqp, "flights", List.of("amqp"));
            stomp.send("flights", "stomp", Map.of());
        }
    }

    private static List<Message> peek(Connection connection) throws JMSException {
        return peek(connection, 3);
    }

    /** Receive and roll back. */
    private static List<Message> peek(Connection connection, int count) throws JMSException {
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            List<Message> messages = Clients.receive(session.createConsumer(session.createQueue("flights")), count);
            session.rollback();
            return messages;
        }
    }

    private static Map<Long, Long> identities(List<Message> messages) {
        Map<Long, Long> identities = new LinkedHashMap<>();
        messages.forEach(message -> identities.put(id(message), ingress(message)));
        return identities;
    }

    private static long id(Message message) {
        return ((ActiveMQMessage) message).getCoreMessage().getMessageID();
    }

    private static long ingress(Message message) {
        Long ingress = ((ActiveMQMessage) message).getCoreMessage().getIngressTimestamp();
        return ingress == null ? 0 : ingress;
    }

    private static boolean isRedelivered(Message message) {
        try {
            return message.getJMSRedelivered();
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }
}
