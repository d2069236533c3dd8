// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.runtime.shard.Stopwatch;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** What the calling thread has worked, as the JVM tells it. Thread-safe. */
final class ThreadStopwatch implements Stopwatch {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Override
    public long wallNanos() {
        return System.nanoTime();
    }

    /** A collection of garbage, or a busy machine, is not the query's fault. By the clock where a JVM does not tell more. */
    @Override
    public long cpuNanos() {
        return THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
