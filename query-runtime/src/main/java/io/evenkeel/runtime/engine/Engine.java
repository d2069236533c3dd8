// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import io.evenkeel.query.Event;
import java.util.OptionalLong;

/**
 * Evaluates all instances of one query for one shard. A pure state machine: the same calls in the same order give the
 * same emissions in the same order, in every process and at every time (I2).
 *
 * <p><b>Threads.</b> One call at a time, not always from the same thread; the caller orders the calls. No call blocks.
 *
 * <p><b>Failure.</b> After any exception but {@link IllegalArgumentException} the engine is unusable, and what it
 * emitted in the failed call is void: close it, open another, replay. That goes for an {@link Error} as well, which comes as
 * it is: the stack or the memory gave out, and it may be any instance's doing, or that of all together.
 */
public interface Engine extends AutoCloseable {

    /**
     * Moves engine time forward, firing each timer that is due on the way at its own time. Equal time is a no-op.
     *
     * @param engineTime in ms since the epoch
     * @throws IllegalArgumentException if {@code engineTime} is before {@link #engineTime()}; the message has both
     * @throws InstanceFailedException  if an instance threw
     * @throws InstanceUnknownException if one threw, and the engine cannot tell which
     */
    void advanceTo(long engineTime, EmissionSink sink);

    /**
     * Tells whether an event is one of the query at all: whether the filter of its input, if it has one, is true for
     * it. One that is not is not to be {@linkplain #apply applied}.
     */
    default boolean admits(Event event) {
        return true;
    }

    /**
     * Applies an event of one of the query's inputs at the present engine time.
     *
     * @throws IllegalArgumentException if the event's type is not an input of the query
     * @throws InstanceFailedException  if an instance threw; the exception names it
     * @throws InstanceUnknownException if one threw, and the engine cannot tell which
     */
    void apply(Event event, EmissionSink sink);

    /** When the earliest pending timer is due, in ms since the epoch; empty if none is pending. */
    OptionalLong nextTimer();

    /**
     * How many keys it keeps something for, with or without a history. Keys without one take memory until the engine is
     * closed and another is opened; 0 if this engine does not say.
     */
    default int keys() {
        return 0;
    }

    /** The present engine time in ms since the epoch. */
    long engineTime();

    /** Frees everything. A second call does nothing. */
    @Override
    void close();
}
