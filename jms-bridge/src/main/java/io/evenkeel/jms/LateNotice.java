// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

/**
 * An event that came too late for a query: it goes to {@code <queue>.late} with these as properties, once for each query.
 *
 * @param messageId of the message in the batch
 * @param eventId   what the event is known by
 * @param lateMs    how far source time was beyond it, in ms
 */
public record LateNotice(String messageId, String eventId, String query, long lateMs) {
    public LateNotice {
        requireNonNull(messageId, "messageId");
        requireNonNull(eventId, "eventId");
        requireNonNull(query, "query");
    }
}
