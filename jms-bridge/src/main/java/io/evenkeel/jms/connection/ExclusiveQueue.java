// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that a queue is exclusive: that its messages go to one consumer at a time, and to the next one only when
 * all that the first held are back in their places.
 *
 * <p>A consumer of Artemis cannot ask for that by parameters of the destination: the client drops {@code exclusive=true}
 * when it creates the queue for a consumer, and for a queue that exists (a publisher was there first) nobody asks at all.
 */
public final class ExclusiveQueue {
    private static final Logger LOG = LoggerFactory.getLogger(ExclusiveQueue.class);
    private static final long ANSWER_MS = 5_000;

    private ExclusiveQueue() {}

    /**
     * Create the queue as an exclusive one, or make it one. Blocks for some round trips, and may start the connection.
     *
     * @param session of Artemis, on that connection; without work in it
     * @throws JMSException if the queue is not exclusive and cannot be made so
     */
    public static void ensure(Connection connection, Session session, String queue) throws JMSException {
        if (!(session instanceof ActiveMQSession artemis)) {
            throw new JMSException("Expected a session of Artemis for a strict receiver, but got " + session.getClass()
                    + ". Use ordering relaxed, or give the queue one consumer. queue=" + queue);
        }
        ClientSession core = artemis.getCoreSession();
        try {
            if (!core.queueQuery(SimpleString.of(queue)).isExists() && create(core, queue)) {
                return;
            }
            if (!isExclusive(core, queue)) {
                makeExclusive(connection, queue);
                if (!isExclusive(core, queue)) {
                    throw failed(queue, null);
                }
                LOG.info("Queue {} was there before its strict receiver and not exclusive; it is now", queue);
            }
        } catch (ActiveMQException e) {
            throw failed(queue, e);
        }
    }

    private static boolean create(ClientSession core, String queue) throws ActiveMQException {
        try {
            core.createQueue(ExistingQueue.lasting(queue).setExclusive(true));
            return true;
        } catch (ActiveMQException e) {
            if (e.getType() == ActiveMQExceptionType.QUEUE_EXISTS) {
                return false; // somebody was quicker, perhaps a publisher: then it is not exclusive
            }
            throw e;
        }
    }

    private static boolean isExclusive(ClientSession core, String queue) throws ActiveMQException {
        return Boolean.TRUE.equals(core.queueQuery(SimpleString.of(queue)).isExclusive());
    }

    /** Ask the broker's management; a session of its own, since the answer must not wait for a transaction. */
    private static void makeExclusive(Connection connection, String queue) throws JMSException {
        Session own = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        try {
            TemporaryQueue answers = own.createTemporaryQueue();
            MessageConsumer consumer = own.createConsumer(answers);
            MessageProducer producer = own.createProducer(own.createQueue("activemq.management"));
            Message request = own.createMessage();
            request.setJMSReplyTo(answers);
            JMSManagementHelper.putOperationInvocation(
                    request,
                    ResourceNames.BROKER,
                    "updateQueue",
                    QueueConfiguration.of(queue).setExclusive(true).toJSON());
            connection.start();
            producer.send(request);
            Message answer = consumer.receive(ANSWER_MS);
            consumer.close();
            answers.delete();
            if (answer == null || !JMSManagementHelper.hasOperationSucceeded(answer)) {
                throw failed(queue, new JMSException("answer=" + textOf(answer)));
            }
        } finally {
            own.close();
        }
    }

    private static String textOf(@Nullable Message answer) throws JMSException {
        try {
            return answer == null ? "none" : String.valueOf(JMSManagementHelper.getResult(answer));
        } catch (JMSException e) {
            throw e;
        } catch (Exception e) { // it is declared so
            return e.toString();
        }
    }

    private static JMSException failed(String queue, @Nullable Exception cause) {
        JMSException failure =
                new JMSException("Expected queue " + queue + " to be exclusive, but it is not and could not"
                        + " be made so: a strict receiver would have to share its messages. Set default-exclusive-queue for its"
                        + " address in the broker, or let the receiver's user manage the broker."
                        + (cause == null ? "" : " cause=" + cause));
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }
}
