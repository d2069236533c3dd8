// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.Optional;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;

/**
 * Asks the broker's management. A connection for each question: the broker may have been restarted since the last one.
 * For one thread.
 */
final class BrokerQuestion {
    private static final long ANSWER_MS = 5_000;
    private static final int WINDOW = 1024 * 1024;

    private final ConnectionSettings broker;

    private interface Asked {
        void of(Message request) throws JMSException;
    }

    BrokerQuestion(ConnectionSettings broker) {
        this.broker = broker;
    }

    /** A number; empty if there is no such resource. @throws JMSException if the broker does not answer now */
    Optional<Number> attribute(String resource, String attribute) throws JMSException {
        return ask(request -> JMSManagementHelper.putAttribute(request, resource, attribute))
                .filter(Number.class::isInstance)
                .map(Number.class::cast);
    }

    /** Have something done; a refusal is an error of the test. */
    void operation(String resource, String operation, Object... parameters) {
        try {
            if (ask(request -> JMSManagementHelper.putOperationInvocation(request, resource, operation, parameters))
                    .isEmpty()) {
                throw new AssertionError("Expected the broker to do " + operation + ", but it refused");
            }
        } catch (JMSException e) {
            throw new AssertionError("Expected the broker to do " + operation + ", but: " + e, e);
        }
    }

    /** Empty if the broker refused; an operation without a result gives a text. */
    private Optional<Object> ask(Asked asked) throws JMSException {
        Connection connection = Connections.open(broker, WINDOW);
        try {
            connection.start();
            Message answer = answer(connection, asked);
            return JMSManagementHelper.hasOperationSucceeded(answer) ? Optional.of(result(answer)) : Optional.empty();
        } finally {
            Connections.closeQuietly(connection);
        }
    }

    private static Message answer(Connection connection, Asked asked) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TemporaryQueue answers = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(answers);
        try {
            Message request = session.createMessage();
            request.setJMSReplyTo(answers);
            asked.of(request);
            session.createProducer(session.createQueue("activemq.management")).send(request);
            Message answer = consumer.receive(ANSWER_MS);
            if (answer == null) {
                throw new JMSException("no answer within " + ANSWER_MS + " ms");
            }
            return answer;
        } finally {
            consumer.close();
            answers.delete();
            session.close();
        }
    }

    private static Object result(Message answer) throws JMSException {
        try {
            Object result = JMSManagementHelper.getResult(answer);
            return result == null ? "" : result;
        } catch (JMSException e) {
            throw e;
        } catch (Exception e) { // it is declared so
            throw new JMSException(e.toString());
        }
    }
}
