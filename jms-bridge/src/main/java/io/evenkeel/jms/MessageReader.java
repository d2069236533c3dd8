// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.query.Event;
import io.evenkeel.query.json.Decoded;
import io.evenkeel.query.json.EventDecoder;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes an event or a tick of a message, or tells why it cannot. */
final class MessageReader {
    /** What became of a message. */
    sealed interface Reading permits Understood, Unreadable {}

    record Understood(Inbound inbound) implements Reading {}

    /** @param eventId what a later, corrected copy of the message is to be known by */
    record Unreadable(String eventId, Refusal refusal) implements Reading {}

    private final ReceiverSettings settings;
    private final EventDecoding decoding;
    private final Function<Event, Optional<Refusal>> router;

    private final Function<String, Optional<Refusal>> detours;

    /**
     * @param router  tells why an event cannot be routed; empty if it can
     * @param detours the same of what an event from a detour is still for
     */
    MessageReader(
            ReceiverSettings settings,
            EventDecoding decoding,
            Function<Event, Optional<Refusal>> router,
            Function<String, Optional<Refusal>> detours) {
        this.settings = settings;
        this.decoding = decoding;
        this.router = router;
        this.detours = detours;
    }

    /** @throws JMSException if the message could not be had; one that can be had and not understood is an outcome */
    Reading read(Message message) throws JMSException {
        Optional<MessageIdentity> identity =
                settings.detour() ? MessageIdentity.ofDetour(message) : MessageIdentity.of(message);
        if (identity.isEmpty()) {
            return new Unreadable(
                    "",
                    Refusal.of(
                            Refusal.NO_IDENTITY,
                            settings.detour()
                                    ? "The message was not sent on by a receiver"
                                    : "The message has no JMSMessageID"));
        }
        String messageId = identity.get().messageId();
        long ingressMs = identity.get().ingressMs();
        boolean redelivered = message.getJMSRedelivered();
        String given = text(message, JmsProperties.EVENT_ID);
        String eventId = given == null || given.isEmpty() ? messageId : given;
        String named = text(message, JmsProperties.MESSAGE_TYPE);
        if (settings.ticks()) {
            return JmsProperties.TICK_TYPE.equals(named)
                            && message instanceof TextMessage tick
                            && tick.getText() != null
                    ? new Understood(new InboundTick(messageId, tick.getText(), ingressMs, redelivered))
                    : new Unreadable(eventId, Refusal.of(Refusal.UNKNOWN_TYPE, "Not a tick. type=" + cut(named)));
        }
        String type = named == null || named.isEmpty() ? settings.eventType() : named;
        if (type == null) {
            return new Unreadable(
                    eventId,
                    Refusal.of(
                            Refusal.NO_TYPE,
                            "Neither property MESSAGE_TYPE nor receiver " + settings.name() + " names one"));
        }
        Optional<EventDecoder> found = decoding.find(type);
        if (found.isEmpty()) {
            return new Unreadable(
                    eventId,
                    Refusal.of(
                            Refusal.UNKNOWN_TYPE, "The catalog has no event type with this name. type=" + cut(type)));
        }
        String shards = settings.detour() ? text(message, JmsProperties.SHARDS) : null;
        String only = shards == null ? "" : shards;
        Decoded decoded;
        try {
            Optional<Decoded> understood = decode(message, found.get());
            if (understood.isEmpty()) {
                return new Unreadable(
                        eventId,
                        Refusal.of(
                                Refusal.UNSUPPORTED_MESSAGE,
                                "Expected a TextMessage, BytesMessage or MapMessage with a body, but got "
                                        + kind(message)));
            }
            decoded = understood.get();
        } catch (MessageFormatException | MessageEOFException | RuntimeException e) {
            // The body is here and cannot be understood. To throw would deliver it again, for ever, before its
            // successors.
            return new Unreadable(eventId, Refusal.of(Refusal.UNDECODABLE, cut(e.toString())));
        }
        return decoded.fold(
                accepted -> routed(accepted.event(), messageId, eventId, ingressMs, redelivered, only),
                refused -> new Unreadable(
                        eventId, new Refusal(refused.reason().name(), refused.field(), refused.message())));
    }

    private Reading routed(
            Event event, String messageId, String eventId, long ingressMs, boolean redelivered, String only) {
        Optional<Refusal> refusal = router.apply(event);
        if (refusal.isEmpty() && !only.isEmpty()) {
            refusal = detours.apply(only);
        }
        return refusal.isPresent()
                ? new Unreadable(eventId, refusal.get())
                : new Understood(new InboundEvent(messageId, eventId, event, ingressMs, redelivered, only));
    }

    /** Empty if the message is of a kind that is not read, or has no body. */
    private static Optional<Decoded> decode(Message message, EventDecoder decoder) throws JMSException {
        if (message instanceof TextMessage text) {
            String body = text.getText();
            return body == null ? Optional.empty() : Optional.of(decoder.decode(body));
        }
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(body);
            return Optional.of(decoder.decode(body));
        }
        if (message instanceof MapMessage map) {
            return Optional.of(decoder.fromMap(fields(map)));
        }
        return Optional.empty();
    }

    private static Map<String, @Nullable Object> fields(MapMessage map) throws JMSException {
        Map<String, @Nullable Object> fields = new HashMap<>();
        for (Enumeration<?> names = map.getMapNames(); names.hasMoreElements(); ) {
            String name = (String) names.nextElement();
            fields.put(name, map.getObject(name));
        }
        return fields;
    }

    /** A property as text; AMQP and STOMP publishers may send a number where text is meant. */
    private static @Nullable String text(Message message, String property) throws JMSException {
        Object value = message.getObjectProperty(property);
        // Not of a byte array, whose text differs with each delivery.
        return value instanceof CharSequence || value instanceof Number ? value.toString() : null;
    }

    private static String kind(Message message) {
        if (message instanceof ObjectMessage) {
            return "an ObjectMessage";
        }
        return message instanceof StreamMessage ? "a StreamMessage" : "a message without one";
    }

    private static String cut(@Nullable String text) {
        return text == null ? "" : text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
