// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.query.Event;
import java.util.Optional;

/**
 * Logs and applies what a receiver hands over.
 *
 * <p><b>Threads.</b> Called on the receiver's thread; each receiver has its own, so calls for different queues overlap.
 */
public interface BatchProcessor {
    /**
     * Tell whether this event cannot be routed, for instance for a null key. Called before {@link #process}, for each
     * event; must be quick and must not block.
     *
     * @return the reason; empty: it can be routed
     */
    Optional<Refusal> refuse(Event event);

    /**
     * Tell whether an event cannot be routed to what it is still for. As {@link #refuse}, for an event from a detour.
     *
     * @param only as in {@link DetourNotice#only}, perhaps of another cluster
     */
    default Optional<Refusal> refuseDetour(String only) {
        return Optional.empty();
    }

    /**
     * Log, apply, answer. Blocks until all owners have answered or the deadline has passed.
     *
     * @param batch one without items only confirms
     * @return what to send in the transaction of the batch
     * @throws BatchFailedException if not every item is logged; the receiver rolls back and the items come again
     * @throws InterruptedException if the receiver is being stopped by force; it rolls back
     */
    BatchAnswer process(Batch batch) throws BatchFailedException, InterruptedException;

    /**
     * Tell whether a queue has a detour ({@link BatchAnswer#detours}) that could end, if only everything on it were through.
     * Called by its receiver before each batch; must be quick and must not block.
     */
    default boolean detourMayEnd(String queue) {
        return false;
    }

    /** What this node's receiver of a queue sent on the detour is through: its next batch needs none. */
    default void detourEnded(String queue) {}

    /**
     * A session has ended: nothing more comes from it, and what it did not commit comes again in another.
     *
     * @param session as in {@link BatchSource#session}
     */
    default void closed(String session) {}
}
