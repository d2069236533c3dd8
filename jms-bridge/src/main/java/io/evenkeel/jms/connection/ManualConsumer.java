// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQInterruptedException;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.core.client.impl.ClientConsumerInternal;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of a transacted session whose messages become part of the transaction when that is said, not when they are
 * received. So messages can be received, and worked at, while the session commits those before them; with a consumer of
 * JMS the session belongs to one thread and to one batch at a time.
 *
 * <p><b>Threads.</b> {@link #receive} and its likes for one thread, also while another one commits the
 * session: Artemis takes messages out of the consumer's buffer and asks for more without touching the session's
 * transaction. {@link #acknowledge} is a call on the session, and must not run beside another.
 */
public final class ManualConsumer {
    private final ClientConsumerInternal consumer;

    private ManualConsumer(ClientConsumerInternal consumer) {
        this.consumer = consumer;
    }

    /**
     * Open a consumer of a queue that exists; it lives as long as the session. Blocks for a round trip.
     *
     * @param session  of Artemis
     * @param priority the queue prefers consumers with a higher one
     */
    public static ManualConsumer open(Session session, String queue, int priority) throws JMSException {
        if (!(session instanceof ActiveMQSession artemis)) {
            throw new JMSException(
                    "Expected a session of Artemis for a receiver, but got " + session.getClass() + ". queue=" + queue);
        }
        try {
            // The one kind there is; the interface that it is asked for does not tell what it has in its buffer.
            return new ManualConsumer((ClientConsumerInternal)
                    artemis.getCoreSession().createConsumer(SimpleString.of(queue), null, priority, false));
        } catch (ActiveMQException e) {
            throw JMSExceptionHelper.convertFromActiveMQException(e);
        }
    }

    /** The next message; null if none came within the time, or the consumer was closed meanwhile. */
    public @Nullable Message receive(long waitMs) throws JMSException {
        return next(() -> consumer.receive(waitMs));
    }

    /**
     * The next message that the broker has sent already; null if there is none. Asks the broker only if all that is left is
     * its answer to an earlier call.
     */
    public @Nullable Message receiveBuffered() throws JMSException {
        return buffered() > 0 ? receiveNoWait() : null;
    }

    /** The next message; null if the broker has none now. If none is here it is asked: blocks for a round trip. */
    public @Nullable Message receiveNoWait() throws JMSException {
        return next(consumer::receiveImmediate);
    }

    /** What a message takes of the consumer's window, in bytes. */
    public static int size(Message received) {
        return ((ActiveMQMessage) received).getCoreMessage().getEncodeSize();
    }

    /** How many messages {@link #receiveBuffered} has, about: they come from another thread. */
    public int buffered() {
        return consumer.getBufferSize();
    }

    private interface Call {
        @Nullable
        ClientMessage receive() throws ActiveMQException;
    }

    private static @Nullable Message next(Call call) throws JMSException {
        try {
            ClientMessage received = call.receive();
            if (received == null) {
                return null;
            }
            if (received.getRoutingType() == null) {
                received.setRoutingType(RoutingType.ANYCAST);
            }
            ActiveMQMessage message = ActiveMQMessage.createMessage(received, null);
            message.doBeforeReceive();
            return message;
        } catch (ActiveMQException e) {
            throw JMSExceptionHelper.convertFromActiveMQException(e);
        } catch (ActiveMQInterruptedException e) {
            throw JMSExceptionHelper.convertFromActiveMQException(e);
        }
    }

    /**
     * Makes messages, all that were received since the last call and in their order, part of the session's transaction. Does
     * not block.
     *
     * <p>One by one, although one acknowledgement mostly covers all before it, and the client sends no more than that: since a
     * message of another priority than 4 came, out of order, it means single ones.
     */
    public void acknowledge(List<Message> received) throws JMSException {
        try {
            for (Message message : received) {
                ((ActiveMQMessage) message).getCoreMessage().acknowledge();
            }
        } catch (ActiveMQException e) {
            throw JMSExceptionHelper.convertFromActiveMQException(e);
        }
    }
}
