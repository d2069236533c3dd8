// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;

/** A queue that somebody has made before: a client that only names one makes it, and nobody would know of it. */
public final class ExistingQueue {
    private ExistingQueue() {}

    /**
     * Blocks for a round trip. With a provider other than Artemis nobody can tell, and nothing is asked.
     *
     * @throws JMSException if there is no such queue
     */
    public static jakarta.jms.Queue require(Session session, String queue) throws JMSException {
        try {
            if (session instanceof ActiveMQSession artemis
                    && !artemis.getCoreSession()
                            .queueQuery(SimpleString.of(queue))
                            .isExists()) {
                throw new JMSException("the broker has no queue " + queue);
            }
            return session.createQueue(Destination.queue(queue).name());
        } catch (ActiveMQException e) {
            JMSException failure = new JMSException("the broker does not tell whether it has queue " + queue);
            failure.initCause(e);
            throw failure;
        }
    }

    /**
     * Creates a queue if there is none and the broker creates queues for who uses them. Blocks for a round trip or two.
     *
     * @throws JMSException if it is not there and is not to be created
     */
    public static void orCreate(Session session, String queue) throws JMSException {
        if (!(session instanceof ActiveMQSession artemis)) {
            return;
        }
        ClientSession core = artemis.getCoreSession();
        try {
            ClientSession.QueueQuery known = core.queueQuery(SimpleString.of(queue));
            if (known.isExists()) {
                return;
            }
            if (!known.isAutoCreateQueues()) {
                throw new JMSException("the broker has no queue " + queue + ", and auto-create-queues is off for it");
            }
            core.createQueue(lasting(queue));
        } catch (ActiveMQException e) {
            if (e.getType() != ActiveMQExceptionType.QUEUE_EXISTS) {
                JMSException failure = new JMSException("queue " + queue + " is not there and cannot be created");
                failure.initCause(e);
                throw failure;
            }
        }
    }

    /**
     * How many messages a queue has, those in delivery included; 0 if there is no such queue. Blocks for a round trip.
     *
     * @param session of Artemis; without a commit under way
     */
    public static long depth(Session session, String queue) throws JMSException {
        if (!(session instanceof ActiveMQSession artemis)) {
            throw new JMSException("Expected a session of Artemis, but got " + session.getClass() + ". queue=" + queue);
        }
        try {
            ClientSession.QueueQuery known = artemis.getCoreSession().queueQuery(SimpleString.of(queue));
            return known.isExists() ? known.getMessageCount() : 0;
        } catch (ActiveMQException e) {
            JMSException failure =
                    new JMSException("the broker does not tell how many messages queue " + queue + " has");
            failure.initCause(e);
            throw failure;
        }
    }

    /** A queue that stays, whoever comes and goes. */
    static QueueConfiguration lasting(String queue) {
        return QueueConfiguration.of(queue)
                .setAddress(queue)
                .setRoutingType(RoutingType.ANYCAST)
                .setDurable(true)
                .setAutoDelete(false)
                .setMaxConsumers(-1)
                .setPurgeOnNoConsumers(false);
    }
}
