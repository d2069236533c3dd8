// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientRequestor;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.management.ManagementHelper;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
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
     * Create the queue as an exclusive one, or make it one. Blocks for some round trips.
     *
     * @param session of Artemis; without work in it
     * @throws JMSException if the queue is not exclusive and cannot be made so
     */
    public static void ensure(Session session, String queue) throws JMSException {
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
                makeExclusive(core, queue);
            }
        } catch (ActiveMQException e) {
            throw failed(queue, e);
        }
    }

    private static boolean create(ClientSession core, String queue) throws ActiveMQException {
        try {
            core.createQueue(QueueConfiguration.of(queue)
                    .setAddress(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true)
                    .setAutoDelete(false)
                    .setMaxConsumers(-1)
                    .setPurgeOnNoConsumers(false)
                    .setExclusive(true));
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

    private static void makeExclusive(ClientSession core, String queue) throws ActiveMQException, JMSException {
        ClientMessage request = core.createMessage(false);
        try (ClientSession own = core.getSessionFactory().createSession(true, true)) {
            own.start();
            try (ClientRequestor requestor = new ClientRequestor(own, "activemq.management")) {
                ManagementHelper.putOperationInvocation(
                        request,
                        ResourceNames.BROKER,
                        "updateQueue",
                        QueueConfiguration.of(queue).setExclusive(true).toJSON());
                ClientMessage answer = requestor.request(request, ANSWER_MS);
                if (answer == null || !ManagementHelper.hasOperationSucceeded(answer)) {
                    LOG.warn("Expected to make queue {} exclusive, but the broker refused. answer={}", queue, answer == null ? "none" : String.valueOf(ManagementHelper.getResult(answer)));
                }
            }
        } catch (ActiveMQException | RuntimeException e) {
            throw failed(queue, e);
        } catch (Exception e) {
            throw failed(queue, e);
        }
        if (!isExclusive(core, queue)) {
            throw failed(queue, null);
        }
        LOG.info("Queue {} exists and was not exclusive; it is now, for its strict receiver.", queue);
    }

    private static JMSException failed(String queue, @org.jspecify.annotations.Nullable Exception cause) {
        JMSException failure = new JMSException("Expected queue " + queue + " to be exclusive, but it is not and could not"
                + " be made so: a strict receiver would have to share its messages. Set default-exclusive-queue for its"
                + " address in the broker, or let the receiver's user manage the broker."
                + (cause == null ? "" : " cause=" + cause));
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }
}
