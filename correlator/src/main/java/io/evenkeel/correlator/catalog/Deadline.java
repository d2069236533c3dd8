// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.time.Duration;

/** A point in time after which nobody waits any more. */
final class Deadline {
    private final Pace pace;
    private final long at;

    Deadline(Pace pace, Duration limit) {
        this.pace = pace;
        this.at = pace.nanos() + limit.toNanos();
    }

    /** Zero if it has passed. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, at - pace.nanos()));
    }

    boolean passed() {
        return left().isZero();
    }
}
