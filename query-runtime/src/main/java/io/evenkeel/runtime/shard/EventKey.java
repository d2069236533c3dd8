// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.runtime.shard.Cause.EventCause;
import org.jspecify.annotations.Nullable;

/** What publishers name events by: an order and a payment may have the same number. */
record EventKey(String type, String id) {
    /** The key of a cause; null if its publisher gave it none. */
    static @Nullable EventKey of(Cause cause) {
        return cause instanceof EventCause event && !event.eventId().equals(event.messageId())
                ? new EventKey(event.event().type().name(), event.eventId())
                : null;
    }
}
