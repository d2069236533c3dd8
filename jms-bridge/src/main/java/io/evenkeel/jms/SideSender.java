// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends what cannot be processed to {@code <queue>.rejected}, what came too late to {@code <queue>.late}, and what is not
 * through and has to wait, of a relaxed receiver, to {@code <queue>.detour}, in the transaction that acknowledges it, with
 * its body and properties as they came.
 */
final class SideSender {
    /** The reason of what came too late. */
    static final String LATE = "LATE";

    private final String receiver;
    private final MessageProducer rejected;
    private final MessageProducer late;
    private final @Nullable MessageProducer detour;
    private final boolean onDetour;

    SideSender(Session session, ReceiverSettings settings) throws JMSException {
        this.receiver = settings.name();
        this.rejected = producer(session, settings.publishedQueue() + ".rejected");
        this.late = producer(session, settings.publishedQueue() + ".late");
        this.detour = settings.strict() ? null : producer(session, settings.detourQueue());
        this.onDetour = settings.detour();
    }

    private static MessageProducer producer(Session session, String queue) throws JMSException {
        return session.createProducer(Destination.queue(queue).in(session));
    }

    /** @param eventId what the message is known by; a corrected copy that keeps it is recognised as the same event */
    void reject(Message message, String eventId, Refusal refusal) throws JMSException {
        Optional<MessageIdentity> identity = identityOf(message);
        String messageId = (identity.isPresent() ? identity : MessageIdentity.of(message))
                .map(MessageIdentity::messageId)
                .orElse("");
        Map<String, Object> marks = marks(messageId, eventId, refusal.reason());
        if (!refusal.field().isEmpty()) {
            marks.put(JmsProperties.FIELD, refusal.field());
        }
        marks.put(JmsProperties.DETAIL, refusal.detail());
        PassedOn.send(rejected, message, Set.of(), marks);
    }

    /** Sends those messages of a batch on that came too late, or are not through; called once for a batch, after all rejections. */
    void passOn(BatchAnswer answer, List<Message> batch) throws JMSException {
        if (answer.late().isEmpty() && answer.detours().isEmpty()) {
            return;
        }
        // Before any is sent: what names a message is among what is not passed on.
        Map<String, Known> known = new HashMap<>();
        for (Message message : batch) {
            MessageIdentity identity = identityOf(message).orElse(null);
            if (identity != null) {
                known.put(identity.messageId(), new Known(message, identity));
            }
        }
        for (LateNotice notice : answer.late()) {
            Map<String, Object> marks = marks(notice.messageId(), notice.eventId(), LATE);
            marks.put(JmsProperties.QUERY, notice.query());
            marks.put(JmsProperties.LATE_MS, notice.lateMs());
            PassedOn.send(late, find(known, notice.messageId()).message(), Set.of(), marks);
        }
        for (DetourNotice notice : answer.detours()) {
            Known one = find(known, notice.messageId());
            Map<String, Object> marks = new LinkedHashMap<>();
            marks.put(JmsProperties.RECEIVER, receiver);
            marks.put(JmsProperties.ORIGINAL_MESSAGE_ID, notice.messageId());
            marks.put(JmsProperties.EVENT_ID, notice.eventId());
            marks.put(JmsProperties.INGRESS, one.identity().ingressMs());
            marks.put(JmsProperties.SHARDS, notice.only());
            PassedOn.send(detour(), one.message(), Set.of(), marks);
        }
    }

    private record Known(Message message, MessageIdentity identity) {}

    private Known find(Map<String, Known> known, String messageId) {
        Known one = known.get(messageId);
        if (one == null) {
            throw new IllegalStateException("Expected an answer of receiver " + receiver
                    + " about messages of the batch, but it is about " + messageId);
        }
        return one;
    }

    private MessageProducer detour() {
        MessageProducer producer = detour;
        if (producer == null) {
            throw new IllegalStateException(
                    "Expected only a relaxed receiver to be told of detours, but " + receiver + " is strict");
        }
        return producer;
    }

    private Optional<MessageIdentity> identityOf(Message message) throws JMSException {
        return onDetour ? MessageIdentity.ofDetour(message) : MessageIdentity.of(message);
    }

    private Map<String, Object> marks(String messageId, String eventId, String reason) {
        Map<String, Object> marks = new LinkedHashMap<>();
        marks.put(JmsProperties.REASON, reason);
        marks.put(JmsProperties.RECEIVER, receiver);
        marks.put(JmsProperties.ORIGINAL_MESSAGE_ID, messageId);
        marks.put(JmsProperties.EVENT_ID, eventId);
        return marks;
    }
}
