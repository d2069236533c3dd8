// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/**
 * Measures the work of a thread. Given from outside, since nothing in a shard reads a clock: what it says is told to others
 * and never gets into a shard's state. Whoever then decides something gives an {@link Order}, which is in the log.
 */
public interface Stopwatch {
    /** Measures nothing. */
    Stopwatch NONE = new Stopwatch() {
        @Override
        public long wallNanos() {
            return 0;
        }

        @Override
        public long cpuNanos() {
            return 0;
        }
    };

    /** Cheap, and wrong whenever the thread has to wait; ns from any origin. */
    long wallNanos();

    /** What this thread has worked, in ns. */
    long cpuNanos();
}
