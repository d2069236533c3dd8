// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.time.Duration;

/** How long to wait before the next try: doubled with each failure in a row, up to a cap. For one thread. */
final class Backoff {
    static final Duration FIRST = Duration.ofMillis(50);
    static final Duration CAP = Duration.ofSeconds(5);

    private int failures;

    /** Count a failure; returns how long to wait. */
    Duration next() {
        Duration wait = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        return wait.compareTo(CAP) < 0 ? wait : CAP;
    }

    void reset() {
        failures = 0;
    }
}
