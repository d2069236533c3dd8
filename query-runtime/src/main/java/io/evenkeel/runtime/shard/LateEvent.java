// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

/**
 * An event that came after the source time of a query had passed it. The query has not seen it; others may have.
 *
 * @param messageId of its cause
 * @param lateMs    how far the watermark was beyond it: by so much {@code wait} was too short
 */
public record LateEvent(String query, String messageId, long lateMs) {
    public LateEvent {
        requireNonNull(query, "query");
        requireNonNull(messageId, "messageId");
    }
}
