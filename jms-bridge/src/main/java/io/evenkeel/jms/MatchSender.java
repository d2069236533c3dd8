// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.Destination;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sends matches in the session of their causes, without {@code _AMQ_DUPL_ID}, for which see the design. */
final class MatchSender {
    private final Session session;
    private final MessageProducer producer;
    private final Map<String, jakarta.jms.Destination> destinations = new HashMap<>();

    MatchSender(Session session) throws JMSException {
        this.session = session;
        this.producer = session.createProducer(null);
    }

    void send(List<OutboundMatch> matches) throws JMSException {
        for (OutboundMatch match : matches) {
            TextMessage message = session.createTextMessage(match.body());
            for (Map.Entry<String, String> property : match.properties().entrySet()) {
                message.setStringProperty(property.getKey(), property.getValue());
            }
            producer.send(
                    destination(match.destination()),
                    message,
                    match.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
                    Message.DEFAULT_PRIORITY,
                    Message.DEFAULT_TIME_TO_LIVE);
        }
    }

    private jakarta.jms.Destination destination(String name) throws JMSException {
        jakarta.jms.Destination known = destinations.get(name);
        if (known == null) {
            known = Destination.parse(name).in(session);
            destinations.put(name, known);
        }
        return known;
    }
}
