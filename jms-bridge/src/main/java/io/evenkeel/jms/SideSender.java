// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.Destination;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;

/**
 * Sends what cannot be processed to {@code <queue>.rejected} and what came too late to {@code <queue>.late}, in the
 * transaction that acknowledges it, with its body and properties as they came. The body is passed on unread, so that nobody deserializes an ObjectMessage on the way.
 */
final class SideSender {
    /**
     * The duplicate id would turn one duplicate into a rollback without end; the others would delay, replace or forge.
     */
    private static final List<SimpleString> NOT_PASSED_ON = List.of(
            org.apache.activemq.artemis.api.core.Message.HDR_DUPLICATE_DETECTION_ID,
            org.apache.activemq.artemis.api.core.Message.HDR_SCHEDULED_DELIVERY_TIME,
            org.apache.activemq.artemis.api.core.Message.HDR_LAST_VALUE_NAME,
            org.apache.activemq.artemis.api.core.Message.HDR_INGRESS_TIMESTAMP);

    /** The reason of what came too late. */
    private static final String LATE = "LATE";

    private final String receiver;
    private final MessageProducer rejected;
    private final MessageProducer late;

    SideSender(Session session, ReceiverSettings settings) throws JMSException {
        this.receiver = settings.name();
        this.rejected = producer(session, settings.destination().name() + ".rejected");
        this.late = producer(session, settings.destination().name() + ".late");
    }

    private static MessageProducer producer(Session session, String queue) throws JMSException {
        return session.createProducer(Destination.queue(queue).in(session));
    }

    /** @param eventId what the message is known by; a corrected copy that keeps it is recognised as the same event */
    void reject(Message message, String eventId, Refusal refusal) throws JMSException {
        Map<String, Object> marks = marks(message, eventId, refusal.reason());
        if (!refusal.field().isEmpty()) {
            marks.put(JmsProperties.FIELD, refusal.field());
        }
        marks.put(JmsProperties.DETAIL, refusal.detail());
        send(rejected, message, marks);
    }

    /** Sends those messages of a batch on that came too late; called once for a batch, after all rejections. */
    void late(List<LateNotice> notices, List<Message> batch) throws JMSException {
        // Before any is sent: what names a message is among what is not passed on.
        Map<String, Message> byId = new HashMap<>();
        for (Message message : notices.isEmpty() ? List.<Message>of() : batch) {
            byId.put(idOf(message), message);
        }
        for (LateNotice notice : notices) {
            Message message = byId.get(notice.messageId());
            if (message != null) {
                Map<String, Object> marks = marks(message, notice.eventId(), LATE);
                marks.put(JmsProperties.ORIGINAL_MESSAGE_ID, notice.messageId());
                marks.put(JmsProperties.QUERY, notice.query());
                marks.put(JmsProperties.LATE_MS, notice.lateMs());
                send(late, message, marks);
            }
        }
    }

    private static String idOf(Message message) throws JMSException {
        return MessageIdentity.of(message).map(MessageIdentity::messageId).orElse("");
    }

    private Map<String, Object> marks(Message message, String eventId, String reason) throws JMSException {
        Map<String, Object> marks = new LinkedHashMap<>();
        marks.put(JmsProperties.REASON, reason);
        marks.put(JmsProperties.RECEIVER, receiver);
        marks.put(JmsProperties.ORIGINAL_MESSAGE_ID, idOf(message));
        marks.put(JmsProperties.EVENT_ID, eventId);
        return marks;
    }

    private static void send(MessageProducer producer, Message message, Map<String, Object> marks) throws JMSException {
        if (message instanceof ActiveMQMessage artemis) {
            // Straight to the core message, which has no opinion on the names of the properties that are there already:
            // those of STOMP and AMQP need not be Java identifiers, and setting them again by JMS would fail for ever.
            ClientMessage core = artemis.getCoreMessage();
            NOT_PASSED_ON.forEach(core::removeProperty);
            marks.forEach(core::putObjectProperty);
        } else {
            Map<String, Object> properties = propertiesOf(message);
            // What a message has been received with is read-only until it is cleared; the body stays as it is.
            message.clearProperties();
            for (Map.Entry<String, Object> property : properties.entrySet()) {
                message.setObjectProperty(property.getKey(), property.getValue());
            }
            for (Map.Entry<String, Object> mark : marks.entrySet()) {
                message.setObjectProperty(mark.getKey(), mark.getValue());
            }
        }
        producer.send(message, DeliveryMode.PERSISTENT, message.getJMSPriority(), 0);
    }

    private static Map<String, Object> propertiesOf(Message message) throws JMSException {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements(); ) {
            String name = (String) names.nextElement();
            if (!name.startsWith("JMSX")) { // the provider's own: it sets them itself, or forbids it
                properties.put(name, message.getObjectProperty(name));
            }
        }
        return properties;
    }
}
