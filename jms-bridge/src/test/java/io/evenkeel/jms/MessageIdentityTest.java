// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MessageIdentityTest {
    private TestBroker broker;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        broker = new TestBroker(folder);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    @DisplayName("F18 messages of Core, AMQP and STOMP keep their ids through redelivery and a restart of the broker")
    void shouldKeepIdsThroughRedeliveryAndRestart() throws Exception {
        long before = System.currentTimeMillis();
        publishByCore("core");
        publishByAmqp("amqp");
        publishByStomp("stomp");

        Map<String, MessageIdentity> first = readAndRollBack();
        Map<String, MessageIdentity> again = readAndRollBack();
        broker.stop();
        broker.start();
        Map<String, MessageIdentity> restarted = readAndRollBack();

        assertThat(first).containsOnlyKeys("core", "amqp", "stomp");
        assertThat(again).isEqualTo(first);
        assertThat(restarted).isEqualTo(first);
        assertThat(first.values()).extracting(MessageIdentity::messageId).doesNotHaveDuplicates();
        assertThat(first.values())
                .allSatisfy(identity -> assertThat(identity.ingressMs()).isBetween(before, System.currentTimeMillis()));
    }

    @Test
    @DisplayName("ids are not given again after a restart of the broker")
    void shouldNotRepeatIdsAfterRestart() throws Exception {
        publishByCore("before");
        List<MessageIdentity> before = List.copyOf(readAndRollBack().values());
        broker.stop();
        broker.start();
        publishByCore("after");

        Map<String, MessageIdentity> all = readAndRollBack();

        assertThat(before).hasSize(1);
        assertThat(all).containsOnlyKeys("before", "after").containsEntry("before", before.get(0));
        assertThat(all.values()).extracting(MessageIdentity::messageId).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("an id is its two numbers to the base 36")
    void shouldWriteNumbersAsTheJdkDoes() {
        long seed = Long.getLong("evenkeel.seed", new Random().nextLong());
        System.out.println("MessageIdentityTest -Devenkeel.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            // Of all lengths, some of them below zero.
            long number = random.nextLong() >> random.nextInt(64);
            long ingressMs = random.nextLong() >>> random.nextInt(64);
            assertThat(MessageIdentity.text(number, ingressMs))
                    .isEqualTo(Long.toString(number, 36) + "-" + Long.toString(ingressMs, 36));
        }
        assertThat(MessageIdentity.text(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo("1y2p0ij32e8e7-1y2p0ij32e8e7");
        assertThat(MessageIdentity.text(0, 35)).isEqualTo("0-z");
    }

    private void publishByCore(String text) throws JMSException {
        try (Connection connection = broker.connect();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue("flights"))) {
            TextMessage message = session.createTextMessage(text);
            // An attempt to forge both parts of the identity: the broker overwrites them.
            ((ActiveMQMessage) message).getCoreMessage().putLongProperty("_AMQ_INGRESS_TIMESTAMP", 4711);
            ((ActiveMQMessage) message).getCoreMessage().setMessageID(4711);
            producer.send(message);
            session.commit();
        }
    }

    private void publishByAmqp(String text) throws JMSException {
        JmsConnectionFactory factory = new JmsConnectionFactory("amqp://127.0.0.1:" + broker.port());
        try (Connection connection = factory.createConnection(TestBroker.USER, TestBroker.PASSWORD);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("flights"))) {
            producer.send(session.createTextMessage(text));
        }
    }

    private void publishByStomp(String text) throws Exception {
        try (StompPublisher stomp = new StompPublisher(broker.port())) {
            stomp.send("flights", Map.of("_AMQ_INGRESS_TIMESTAMP", "4711", "message-id", "4711"), text);
        }
    }

    private Map<String, MessageIdentity> readAndRollBack() throws JMSException {
        List<Message> messages = new ArrayList<>();
        Map<String, MessageIdentity> identities = new LinkedHashMap<>();
        try (Connection connection = broker.connect();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue("flights"))) {
            for (Message message = consumer.receive(1_000); message != null; message = consumer.receiveNoWait()) {
                messages.add(message);
                identities.put(
                        ((TextMessage) message).getText(),
                        MessageIdentity.of(message).orElseThrow());
            }
            session.rollback();
        }
        assertThat(messages).isNotEmpty();
        return identities;
    }
}
