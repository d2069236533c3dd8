// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
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
}
