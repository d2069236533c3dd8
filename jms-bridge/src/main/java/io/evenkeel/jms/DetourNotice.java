// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

/**
 * An event that is not through with its batch: a part of what it concerns cannot be reached now. It goes to {@code
 * <queue>.detour} with these as properties.
 *
 * @param messageId of the message in the batch; it is known by that id on the detour, too
 * @param eventId   what the event is known by
 * @param only      what it is still for, in the words of the {@link BatchProcessor}
 */
public record DetourNotice(String messageId, String eventId, String only) {
    public DetourNotice {
        requireNonNull(messageId, "messageId");
        requireNonNull(eventId, "eventId");
        if (only.isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected something that the event is still for, but there is nothing. messageId=" + messageId);
        }
    }
}
