// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that this process stood still: it was frozen, starved, or paused by the collector. By then others may have taken it
 * for dead and gone on without it, while all that it knows of them is from before.
 *
 * <p>A thread reads a clock that only goes forward ten times a second. Whoever is about to do what only a living node may do
 * asks whether the last reading is old, so that it makes no difference which thread is the first to run again.
 *
 * <p>Thread-safe.
 */
final class StallTicker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StallTicker.class);

    /** Less than the 5 s after which the grid takes a silent member for dead. */
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LongSupplier clock;
    private final LongConsumer stalled;
    private final Thread thread;
    private volatile long lastNanos;
    private volatile boolean stopped;

    /**
     * @param clock   monotonic, in nanoseconds
     * @param stalled told for how many nanoseconds the process stood still, before {@link #isStale} is false again
     */
    StallTicker(LongSupplier clock, LongConsumer stalled) {
        this.clock = clock;
        this.stalled = stalled;
        this.lastNanos = clock.getAsLong();
        this.thread = new Thread(this::run, "evenkeel-stall-ticker");
        this.thread.setDaemon(true);
    }

    void start() {
        lastNanos = clock.getAsLong();
        thread.start();
    }

    /** Whether the process stood still for too long and nobody has been told of it yet. */
    boolean isStale() {
        return clock.getAsLong() - lastNanos > LONGEST_NANOS;
    }

    private void run() {
        while (!stopped) {
            long now = clock.getAsLong();
            long since = now - lastNanos;
            if (since > LONGEST_NANOS) {
                tell(since);
            }
            lastNanos = now;
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    private void tell(long nanos) {
        try {
            stalled.accept(nanos);
        } catch (RuntimeException e) {
            LOG.error("Expected to note that this node stood still, but could not", e);
        }
    }

    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
    }
}
