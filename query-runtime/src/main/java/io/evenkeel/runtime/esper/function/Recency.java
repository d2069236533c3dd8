// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.function;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Orders the events of a window by when they came: each call gives less than those before it. Of the numbers nothing but
 * their order is used, and that is the same in each replay. For any thread.
 */
public final class Recency {
    private static final AtomicLong CALLS = new AtomicLong();

    private Recency() {}

    /** @param ofEvent a value of the event, whichever; without one Esper would take the call for a constant */
    public static long next(@Nullable Object ofEvent) {
        return -CALLS.incrementAndGet();
    }
}
