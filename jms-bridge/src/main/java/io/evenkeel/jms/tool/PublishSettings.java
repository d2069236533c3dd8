// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.tool;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to publish events.
 *
 * @param queue     where to
 * @param eventType value of the property {@code MESSAGE_TYPE}; null: none is set, and the receiver's counts
 * @param idField   field of each line whose value becomes the property {@code eventId}; null: none, and then a batch whose
 *                  outcome is unknown is not sent again
 * @param batch     lines per transaction
 * @param rate      the most lines per second; 0: no limit
 * @param patience  how long to try a batch again; zero: once
 */
public record PublishSettings(
        String queue, @Nullable String eventType, @Nullable String idField, int batch, int rate, Duration patience) {
    public PublishSettings {
        requireNonNull(queue, "queue");
        requireNonNull(patience, "patience");
        if (batch < 1 || rate < 0) {
            throw new IllegalArgumentException(
                    "Expected batch >= 1 and rate >= 0, but batch=" + batch + " rate=" + rate);
        }
    }

    /** Lines of a type without ids, as fast as it goes, a failed batch tried again for ten seconds. */
    public static PublishSettings to(String queue, @Nullable String eventType) {
        return new PublishSettings(queue, eventType, null, 500, 0, Duration.ofSeconds(10));
    }

    public PublishSettings withIdField(String field) {
        return new PublishSettings(queue, eventType, field, batch, rate, patience);
    }

    public PublishSettings withBatch(int lines) {
        return new PublishSettings(queue, eventType, idField, lines, rate, patience);
    }

    public PublishSettings withRate(int linesPerSecond) {
        return new PublishSettings(queue, eventType, idField, batch, linesPerSecond, patience);
    }

    public PublishSettings withPatience(Duration limit) {
        return new PublishSettings(queue, eventType, idField, batch, rate, limit);
    }
}
