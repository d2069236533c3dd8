// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.activemq.artemis.core.client.impl.ClientSessionInternal;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Negative controls: what a broker does to a client that has not the settings of ours. */
@Timeout(120)
class GuardControlTest {
    private static final int TRIES = 3;
    private static final long BOUND_MS = 60_000;
    /** After that the broker lets go of a silent client: soon, where a test waits for it, late where it does not. */
    private static final Duration SHORT_TTL = Duration.ofSeconds(6);

    private static final Duration LONG_TTL = Duration.ofSeconds(60);

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
    @DisplayName(
            "F1 negative control: with a confirmation window, what a dead client held comes back with the TTL only;"
                    + " without one at once")
    void shouldWaitForTheTtlWithAConfirmationWindow() throws Exception {
        assertThat(untilReturned("ours", -1, LONG_TTL)).isLessThan(LONG_TTL.dividedBy(2));
        // It may have been silent for half of the time, which is when it would have spoken.
        assertThat(untilReturned("windowed", 1024 * 1024, SHORT_TTL)).isGreaterThan(SHORT_TTL.dividedBy(2));
    }

    @Test
    @DisplayName(
            "D negative control: with _AMQ_DUPL_ID on a match, one repeat rolls its cause back for ever; without it"
                    + " the cause is done at the first try")
    void shouldRollBackForEverWithADuplicateId() throws Exception {
        try (Connection connection = broker.connect()) {
            Session publisher = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            publisher.createProducer(publisher.createQueue("matches")).send(match(publisher, true));
            publisher.createProducer(publisher.createQueue("flights")).send(publisher.createTextMessage("a cause"));
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            MessageConsumer consumer = session.createConsumer(session.createQueue("flights"));

            for (int i = 1; i <= TRIES; i++) {
                Message cause = consumer.receive(BOUND_MS);
                assertThat(cause).as("the cause, time " + i).isNotNull();
                session.createProducer(session.createQueue("matches")).send(match(session, true));
                assertThatThrownBy(session::commit).isInstanceOf(JMSException.class);
                session.rollback();
            }

            assertThat(consumer.receive(BOUND_MS)).isNotNull();
            session.createProducer(session.createQueue("matches")).send(match(session, false));
            session.commit();
            assertThat(broker.depth("flights")).isZero();
        }
    }

    private static TextMessage match(Session session, boolean named) throws JMSException {
        TextMessage match = session.createTextMessage("a match");
        if (named) {
            match.setStringProperty("_AMQ_DUPL_ID", "query/instance|cause|0");
        }
        return match;
    }

    /** How long messages stay away that a client had when its connection broke as that of a killed process does. */
    private Duration untilReturned(String name, int confirmationWindow, Duration ttl) throws Exception {
        broker.letGoOfTheSilentAfter(ttl);
        try (Connection other = broker.connect();
                ActiveMQConnectionFactory factory =
                        new ActiveMQConnectionFactory(broker.settings().url())) {
            Session session = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(name);
            session.createProducer(queue).send(session.createTextMessage("held"));
            factory.setConfirmationWindowSize(confirmationWindow);
            factory.setConnectionTTL(ttl.toMillis());
            factory.setReconnectAttempts(0);
            Connection dying = factory.createConnection(TestBroker.USER, TestBroker.PASSWORD);
            Session held = dying.createSession(Session.SESSION_TRANSACTED);
            MessageConsumer holder = held.createConsumer(held.createQueue(name));
            dying.start();
            assertThat(holder.receive(BOUND_MS)).isNotNull();

            long begun = System.nanoTime();
            ((ClientSessionInternal) ((ActiveMQConnection) dying).getInitialSession())
                    .getConnection()
                    .getTransportConnection()
                    .forceClose();
            assertThat(session.createConsumer(queue).receive(BOUND_MS)).isNotNull();
            return Duration.ofNanos(System.nanoTime() - begun);
        }
    }
}
