// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;

/**
 * An event that arrived.
 *
 * @param eventId what the publisher calls it (property {@code eventId}), else the message id
 * @param only    what it is for, if it comes from a detour, as in {@link DetourNotice#only}; else empty
 */
public record InboundEvent(
        String messageId, String eventId, Event event, long ingressMs, boolean redelivered, String only)
        implements Inbound {
    public InboundEvent {
        requireNonNull(messageId, "messageId");
        requireNonNull(eventId, "eventId");
        requireNonNull(event, "event");
        requireNonNull(only, "only");
    }

    /** The same, if the broker had taken it in at this time. */
    InboundEvent takenInAt(long timeMs) {
        return new InboundEvent(messageId, eventId, event, timeMs, redelivered, only);
    }
}
