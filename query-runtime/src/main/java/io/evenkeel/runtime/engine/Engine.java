// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import io.evenkeel.query.Event;
import java.util.OptionalLong;

/**
 * Evaluates all instances of one query for one shard. A pure state machine: the same calls in the same order give the
 * same emissions, on every node and at every time (I2).
 *
 * <p><b>Threads.</b> One call at a time, not always from the same thread. A call must not block.
 * <p><b>Failure.</b> After any exception the engine is unusable: close it, open another, replay.
 */
public interface Engine extends AutoCloseable {
    /**
     * Moves engine time forward and fires each timer that is due on the way, at its own time. The present time again is
     * allowed and does nothing.
     *
     * @param engineTime ms since the epoch; not the wall clock
     * @throws IllegalArgumentException if time would go back; the message has both times
     * @throws InstanceFailedException  if an instance threw
     */
    void advanceTo(long engineTime, EmissionSink sink);

    /**
     * Applies an event of one of the query's inputs at the present engine time.
     *
     * @throws InstanceFailedException if an instance threw
     */
    void apply(Event event, EmissionSink sink);

    /** When the earliest pending timer is due, in ms since the epoch; empty if there is none. */
    OptionalLong nextTimer();

    /** The present engine time in ms since the epoch. */
    long engineTime();

    @Override
    void close();
}
