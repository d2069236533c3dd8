// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;

/**
 * What a message is known by, whoever sent it: the same when it is delivered again, also after a restart of the broker, and
 * nothing that a publisher can choose.
 *
 * <p>With Artemis these are the number that the broker gives each message and the time at which it took it. The number
 * alone would repeat if the broker began anew with an empty journal. A JMSMessageID is made by the publisher's client,
 * and STOMP and AMQP publishers may send none or any.
 *
 * @param ingressMs when the broker took the message, in ms since the epoch; 0: it does not tell
 */
record MessageIdentity(String messageId, long ingressMs) {
    private static final int BASE = 36;
    /** Two numbers of 13 digits and a dash. */
    private static final int LONGEST = 27;

    /**
     * Read the identity that a receiver has given to a message which it sent on a detour: that of the original. Only to be believed
     * where nobody else may send.
     *
     * @return empty if the message was not sent on
     */
    static Optional<MessageIdentity> ofDetour(Message message) throws JMSException {
        Object id = message.getObjectProperty(JmsProperties.ORIGINAL_MESSAGE_ID);
        Object ingress = message.getObjectProperty(JmsProperties.INGRESS);
        Object shards = message.getObjectProperty(JmsProperties.SHARDS);
        return id instanceof String original && ingress instanceof Long ingressMs && shards instanceof String
                ? Optional.of(new MessageIdentity(original, ingressMs))
                : Optional.empty();
    }

    /** Read the identity; empty if the provider gives none. */
    static Optional<MessageIdentity> of(Message message) throws JMSException {
        if (message instanceof ActiveMQMessage artemis) {
            ClientMessage core = artemis.getCoreMessage();
            // A broker that does not stamp messages leaves this property to publishers; broker-config's check names
            // that.
            Long stamped = core.getIngressTimestamp();
            long ingressMs = stamped == null ? 0 : stamped;
            return Optional.of(new MessageIdentity(text(core.getMessageID(), ingressMs), ingressMs));
        }
        String id = message.getJMSMessageID();
        return id == null || id.isEmpty() ? Optional.empty() : Optional.of(new MessageIdentity(id, 0));
    }

    /** Both numbers to the base 36, with a dash between. For each event: with what the JDK has for this it would be four objects more. */
    static String text(long number, long ingressMs) {
        if (number < 0 || ingressMs < 0) {
            // No broker gives them, but one that does not stamp messages lets publishers do it.
            return Long.toString(number, BASE) + "-" + Long.toString(ingressMs, BASE);
        }
        byte[] characters = new byte[LONGEST];
        int start = putBefore(LONGEST, ingressMs, characters);
        characters[--start] = '-';
        start = putBefore(start, number, characters);
        return new String(characters, start, LONGEST - start, ISO_8859_1);
    }

    private static int putBefore(int end, long number, byte[] characters) {
        int start = end;
        long rest = number;
        do {
            int digit = (int) (rest % BASE);
            characters[--start] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
            rest /= BASE;
        } while (rest > 0);
        return start;
    }
}
