// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import java.util.function.LongSupplier;

/**
 * Whether this node may trust what it last saw of the cluster. By the monotonic clock, which runs on while a process is
 * frozen. Thread-safe.
 */
final class Certainty {
    private final LongSupplier nanoTime;
    private final long sureNanos;
    private volatile long seenNanos;

    Certainty(LongSupplier nanoTime, long sureNanos) {
        this.nanoTime = nanoTime;
        this.sureNanos = sureNanos;
        this.seenNanos = nanoTime.getAsLong() - sureNanos;
    }

    /** All that was to be stopped as of this time has been told so. */
    void confirm(long atNanos) {
        seenNanos = atNanos;
    }

    boolean sure() {
        return nanoTime.getAsLong() - seenNanos < sureNanos;
    }
}
