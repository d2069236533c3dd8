// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.time.Duration;

/** A point in time after which nobody waits any more. Ordered in time, among those of one pace. */
final class Deadline implements Comparable<Deadline> {
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

    @Override
    public int compareTo(Deadline other) {
        return Long.compare(at - other.at, 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Deadline deadline && deadline.at == at;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(at);
    }

    boolean passed() {
        return left().isZero();
    }
}
