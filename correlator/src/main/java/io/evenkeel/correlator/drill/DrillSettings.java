// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.drill;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a drill is to do.
 *
 * @param node   to hurt; null: the one that receives the queue at that moment
 * @param queue  an input queue of the cluster; null: the first
 * @param events of the drill
 * @param rate   of them per second
 * @param length how long a node stands still, or is cut off
 * @param patience how long to wait for the next match before the rest is called lost
 */
public record DrillSettings(
        DrillFault fault,
        @Nullable String node,
        @Nullable String queue,
        int events,
        int rate,
        Duration length,
        Duration patience) {
    public DrillSettings {
        requireNonNull(fault, "fault");
        requireNonNull(length, "length");
        requireNonNull(patience, "patience");
        if (events < 1 || rate < 1 || length.isNegative() || patience.isNegative()) {
            throw new IllegalArgumentException(
                    "Expected at least one event and one per second. events=" + events + " rate=" + rate);
        }
    }
}
