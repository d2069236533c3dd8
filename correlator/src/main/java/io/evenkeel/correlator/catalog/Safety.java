// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.time.Duration;
import java.util.List;

/** Whether what is written to the grid stays. Thread-safe. */
public interface Safety {
    /** True if all copies are there, and enough nodes. */
    boolean open();

    /** Waits until it is. Returns false if it was not within the limit. */
    boolean awaitOpen(Duration limit) throws InterruptedException;

    /** Why it is not; empty if it is. */
    List<String> reasons();
}
