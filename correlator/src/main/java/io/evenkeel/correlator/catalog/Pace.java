// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Time as waits need it: how much has passed, and a pause. Stepped by hand in tests. */
public interface Pace {
    /** Of this machine, in ns from an arbitrary beginning. */
    long nanos();

    /** Return after about that long. */
    void pause(Duration time);

    /** The machine's clock. */
    static Pace ofMachine() {
        return new Pace() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void pause(Duration time) {
                LockSupport.parkNanos(time.toNanos());
            }
        };
    }
}
