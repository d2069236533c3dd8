// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

/** The way to the cluster's tick queue, by which what follows from a clock or from a decision gets into the log. For any thread. */
public interface TickQueue {
    /** Sends a tick soon. It may be lost: the next one covers it. */
    void offer(String payload);

    /**
     * Sends an order soon.
     *
     * @return false if it was not taken: there is no connection to a broker, or too many orders wait
     */
    boolean order(String payload);
}
