// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.Destination;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;

/**
 * Sends what cannot be processed to {@code <queue>.rejected}, in the transaction that acknowledges it, with its body and
 * properties as they came. The body is passed on unread, so that nobody deserializes an ObjectMessage on the way.
 */
final class RejectedSender {
    /**
     * The duplicate id would turn one duplicate into a rollback without end; the others would delay, replace or forge.
     */
    private static final List<SimpleString> NOT_PASSED_ON = List.of(
            org.apache.activemq.artemis.api.core.Message.HDR_DUPLICATE_DETECTION_ID,
            org.apache.activemq.artemis.api.core.Message.HDR_SCHEDULED_DELIVERY_TIME,
            org.apache.activemq.artemis.api.core.Message.HDR_LAST_VALUE_NAME,
            org.apache.activemq.artemis.api.core.Message.HDR_INGRESS_TIMESTAMP);

    private final String receiver;
    private final MessageProducer producer;

    RejectedSender(Session session, ReceiverSettings settings) throws JMSException {
        this.receiver = settings.name();
        this.producer = session.createProducer(
                Destination.queue(settings.destination().name() + ".rejected").in(session));
    }

    /** @param eventId what the message is known by; a corrected copy that keeps it is recognised as the same event */
    void send(Message message, String eventId, Refusal refusal) throws JMSException {
        String messageId =
                MessageIdentity.of(message).map(MessageIdentity::messageId).orElse("");
        if (message instanceof ActiveMQMessage artemis) {
            // Straight to the core message, which has no opinion on the names of the properties that are there already:
            // those of STOMP and AMQP need not be Java identifiers, and setting them again by JMS would fail for ever.
            ClientMessage core = artemis.getCoreMessage();
            NOT_PASSED_ON.forEach(core::removeProperty);
            marks(messageId, eventId, refusal).forEach(core::putStringProperty);
        } else {
            Map<String, Object> properties = propertiesOf(message);
            // What a message has been received with is read-only until it is cleared; the body stays as it is.
            message.clearProperties();
            for (Map.Entry<String, Object> property : properties.entrySet()) {
                message.setObjectProperty(property.getKey(), property.getValue());
            }
            for (Map.Entry<String, String> mark :
                    marks(messageId, eventId, refusal).entrySet()) {
                message.setStringProperty(mark.getKey(), mark.getValue());
            }
        }
        producer.send(message, DeliveryMode.PERSISTENT, message.getJMSPriority(), 0);
    }

    private Map<String, String> marks(String messageId, String eventId, Refusal refusal) {
        Map<String, String> marks = new LinkedHashMap<>();
        marks.put(JmsProperties.REASON, refusal.reason());
        if (!refusal.field().isEmpty()) {
            marks.put(JmsProperties.FIELD, refusal.field());
        }
        marks.put(JmsProperties.DETAIL, refusal.detail());
        marks.put(JmsProperties.RECEIVER, receiver);
        marks.put(JmsProperties.ORIGINAL_MESSAGE_ID, messageId);
        marks.put(JmsProperties.EVENT_ID, eventId);
        return marks;
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
