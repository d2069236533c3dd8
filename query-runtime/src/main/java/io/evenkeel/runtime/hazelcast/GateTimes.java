// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How often the gate was shut, and for how long; not counted is the time from a node's start until it opens first. Thread-safe. */
public final class GateTimes {
    private final LongSupplier nanoTime;
    private long closings;
    private boolean shut;
    private long sinceNanos;
    private long sumNanos;
    private long lastNanos;

    GateTimes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void closed() {
        closings++;
        if (!shut) {
            shut = true;
            sinceNanos = nanoTime.getAsLong();
        }
    }

    synchronized void opened() {
        if (shut) {
            shut = false;
            lastNanos = nanoTime.getAsLong() - sinceNanos;
            sumNanos += lastNanos;
        }
    }

    /** How often it was shut since this node started. */
    public synchronized long closings() {
        return closings;
    }

    /** How long it was shut, all times together, the present one included. */
    public synchronized Duration sum() {
        return Duration.ofNanos(sumNanos + (shut ? nanoTime.getAsLong() - sinceNanos : 0));
    }

    /** How long it was shut the last time, or is by now; zero if it never was. */
    public synchronized Duration last() {
        return Duration.ofNanos(shut ? nanoTime.getAsLong() - sinceNanos : lastNanos);
    }
}
