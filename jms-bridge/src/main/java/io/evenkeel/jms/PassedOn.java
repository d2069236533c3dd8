// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import java.util.Collection;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;

/**
 * Sends a received message to another queue, with its body and properties as they came. The body is passed on unread, so that
 * nobody deserializes an ObjectMessage on the way.
 */
final class PassedOn {
    /**
     * The duplicate id would turn one duplicate into a rollback without end; the others would delay, replace or forge.
     */
    private static final List<SimpleString> NOT_PASSED_ON = List.of(
            org.apache.activemq.artemis.api.core.Message.HDR_DUPLICATE_DETECTION_ID,
            org.apache.activemq.artemis.api.core.Message.HDR_SCHEDULED_DELIVERY_TIME,
            org.apache.activemq.artemis.api.core.Message.HDR_LAST_VALUE_NAME,
            org.apache.activemq.artemis.api.core.Message.HDR_INGRESS_TIMESTAMP);

    private PassedOn() {}

    /**
     * @param without properties that it is to lose
     * @param marks   properties that it is to get
     */
    static void send(MessageProducer producer, Message message, Collection<String> without, Map<String, Object> marks)
            throws JMSException {
        if (message instanceof ActiveMQMessage artemis) {
            // Straight to the core message, which has no opinion on the names of the properties that are there already:
            // those of STOMP and AMQP need not be Java identifiers, and setting them again by JMS would fail for ever.
            ClientMessage core = artemis.getCoreMessage();
            NOT_PASSED_ON.forEach(core::removeProperty);
            without.forEach(name -> core.removeProperty(SimpleString.of(name)));
            marks.forEach(core::putObjectProperty);
        } else {
            Map<String, Object> properties = propertiesOf(message);
            properties.keySet().removeAll(without);
            properties.putAll(marks);
            // What a message has been received with is read-only until it is cleared; the body stays as it is.
            message.clearProperties();
            for (Map.Entry<String, Object> property : properties.entrySet()) {
                message.setObjectProperty(property.getKey(), property.getValue());
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
