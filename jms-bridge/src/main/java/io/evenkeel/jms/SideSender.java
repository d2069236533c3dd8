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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends what cannot be processed to {@code <queue>.rejected}, what came too late to {@code <queue>.late}, and what is not through
 * and has to wait, of a relaxed receiver, to {@code <queue>.detour}, in the transaction that acknowledges it, with its body and properties as they came.
 */
final class SideSender {
    /** The reason of what came too late. */
    static final String LATE = "LATE";

    private final String receiver;
    private final MessageProducer rejected;
    private final MessageProducer late;
    private final @Nullable MessageProducer detour;

    SideSender(Session session, ReceiverSettings settings) throws JMSException {
        this.receiver = settings.name();
        this.rejected = producer(session, settings.publishedQueue() + ".rejected");
        this.late = producer(session, settings.publishedQueue() + ".late");
        this.detour = settings.strict() ? null : producer(session, settings.detourQueue());
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
        PassedOn.send(rejected, message, Set.of(), marks);
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
                PassedOn.send(late, message, Set.of(), marks);
            }
        }
    }

    /** Sends those messages of a batch on that are not through, in their order. */
    void detour(List<DetourNotice> notices, List<Message> batch) throws JMSException {
        if (notices.isEmpty()) {
            return;
        }
        MessageProducer producer = detour;
        if (producer == null) {
            throw new IllegalStateException(
                    "Expected only a relaxed receiver to be told of detours, but " + receiver + " is strict");
        }
        Map<String, DetourNotice> byId = new HashMap<>();
        notices.forEach(notice -> byId.put(notice.messageId(), notice));
        for (Message message : batch) {
            MessageIdentity identity = MessageIdentity.of(message).orElse(null);
            DetourNotice notice = identity == null ? null : byId.get(identity.messageId());
            if (identity != null && notice != null) {
                Map<String, Object> marks = new LinkedHashMap<>();
                marks.put(JmsProperties.RECEIVER, receiver);
                marks.put(JmsProperties.ORIGINAL_MESSAGE_ID, identity.messageId());
                marks.put(JmsProperties.EVENT_ID, notice.eventId());
                marks.put(JmsProperties.INGRESS, identity.ingressMs());
                marks.put(JmsProperties.SHARDS, notice.only());
                PassedOn.send(producer, message, Set.of(), marks);
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
}
