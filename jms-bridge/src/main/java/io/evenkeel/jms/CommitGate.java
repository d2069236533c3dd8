// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.time.Duration;

/** Shut while the cluster could not keep what a commit promises (I7). Safe for use by many threads. */
public interface CommitGate {
    /**
     * Wait until the cluster is safe for a commit.
     *
     * @return false if it was not within the limit: roll back
     */
    boolean awaitOpen(Duration limit) throws InterruptedException;

    /** Tell whether the cluster is safe at this moment. Does not block. */
    boolean open();
}
