// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

/**
 * A match as it came from its queue.
 *
 * @param matchId     the same whenever it is published
 * @param instance    as query/instance
 * @param cause       what made it: an event or a tick
 * @param body        fields in the order of their names
 * @param persistent  whether it would outlive the broker
 * @param arrivedNanos on this JVM's monotonic clock
 */
public record ReceivedMatch(
        String queue,
        String matchId,
        String instance,
        String key,
        String cause,
        String body,
        boolean persistent,
        long arrivedNanos) {
    /** The sequence that it belongs to: what must be in order. */
    public Lane lane() {
        return new Lane(instance, key);
    }

    @Override
    public String toString() {
        return instance + "[" + key + "] " + body + " id=" + matchId;
    }
}
