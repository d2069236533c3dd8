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
 * @param committed        how many messages the session has committed, as far as is known, before which whatever earlier
 *                         sessions had logged and not committed came again; 0 without {@code strict}
 * @param strict           true if the queue has one active consumer in the whole cluster
 */
public record Source(String queue, long generation, long batch, long confirmedThrough, long committed, boolean strict) {
    private static final String DETOUR = ".detour";

    public Source {
        requireNonNull(queue, "queue");
        if (generation < 1 || confirmedThrough < 0 || confirmedThrough >= batch) {
            throw new IllegalArgumentException("Expected generation >= 1 and 0 <= confirmedThrough < batch, but got"
                    + " generation=" + generation + " confirmedThrough=" + confirmedThrough + " batch=" + batch);
        }
        if (committed < 0 || committed > 0 && !strict) {
            throw new IllegalArgumentException(
                    "Expected committed >= 0, and 0 of a relaxed receiver, which cannot settle"
                            + " for others, but got committed=" + committed + " queue=" + queue);
        }
    }

    /** True for a queue that holds what relaxed receivers set aside: strict, and empty but for hours of trouble. */
    static boolean isDetour(String queue) {
        return queue.endsWith(DETOUR);
    }
}
