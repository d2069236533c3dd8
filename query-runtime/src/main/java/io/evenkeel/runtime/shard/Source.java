// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

/**
 * Where causes come from: a batch of one session of a receiver.
 *
 * @param queue            the queue that was read
 * @param generation       of the session: a later session of any node on the same queue has a higher one
 * @param batch            counts the batches of the session, from 1
 * @param confirmedThrough the last batch of the session whose commit is known to have happened; 0 if none
 * @param settled          true if everything that earlier generations logged from this queue is known to be committed,
 *                         or to be redelivered within the confirmed batches of this one; only with {@code strict}
 * @param strict           true if the queue has one active consumer in the whole cluster
 */
public record Source(
        String queue, long generation, long batch, long confirmedThrough, boolean settled, boolean strict) {
    private static final String DETOUR = ".detour";

    public Source {
        requireNonNull(queue, "queue");
        if (generation < 1 || confirmedThrough < 0 || confirmedThrough >= batch) {
            throw new IllegalArgumentException("Expected generation >= 1 and 0 <= confirmedThrough < batch, but got"
                    + " generation=" + generation + " confirmedThrough=" + confirmedThrough + " batch=" + batch);
        }
        if (settled && !strict) {
            throw new IllegalArgumentException("A relaxed receiver of " + queue + " cannot settle for others");
        }
    }

    /** True for a queue that holds what relaxed receivers set aside: strict, and empty but for hours of trouble. */
    static boolean isDetour(String queue) {
        return queue.endsWith(DETOUR);
    }
}
