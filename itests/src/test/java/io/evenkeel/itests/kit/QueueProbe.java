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
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;

/** Asks the broker what is left in its queues. For one thread. */
final class QueueProbe {
    private static final long ANSWER_MS = 5_000;
    private static final int WINDOW = 1024 * 1024;

    private final ConnectionSettings broker;

    /** Messages in a queue, and how many of them a consumer holds. A queue that nobody made is empty. */
    record Depth(String queue, long messages, long inDelivery) {
        boolean empty() {
            return messages == 0 && inDelivery == 0;
        }

        @Override
        public String toString() {
            return queue + " has " + messages + " messages, " + inDelivery + " in delivery";
        }
    }

    QueueProbe(ConnectionSettings broker) {
        this.broker = broker;
    }

    /** A connection for each question: the broker may have been restarted since the last one. */
    Depth depth(String queue) {
        try {
            Connection connection = Connections.open(broker, WINDOW);
            try {
                connection.start();
                return new Depth(
                        queue, ask(connection, queue, "messageCount"), ask(connection, queue, "deliveringCount"));
            } finally {
                connection.close();
            }
        } catch (JMSException e) {
            throw new AssertionError("Expected the broker to tell of " + queue + ", but: " + e, e);
        }
    }

    private static long ask(Connection connection, String queue, String attribute) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TemporaryQueue answers = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(answers);
        try {
            Message request = session.createMessage();
            request.setJMSReplyTo(answers);
            JMSManagementHelper.putAttribute(request, "queue." + queue, attribute);
            session.createProducer(session.createQueue("activemq.management")).send(request);
            Message answer = consumer.receive(ANSWER_MS);
            if (answer == null) {
                throw new JMSException("no answer within " + ANSWER_MS + " ms");
            }
            return JMSManagementHelper.hasOperationSucceeded(answer) && result(answer) instanceof Number number
                    ? number.longValue()
                    : 0;
        } finally {
            consumer.close();
            answers.delete();
            session.close();
        }
    }

    private static Object result(Message answer) throws JMSException {
        try {
            return JMSManagementHelper.getResult(answer);
        } catch (JMSException e) {
            throw e;
        } catch (Exception e) { // it is declared so
            throw new JMSException(e.toString());
        }
    }
}
