// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The phase of a receiver and its last failure: written by its thread, read by any. */
final class ReceiverLife {
    private final String name;
    private final Clock clock;
    private ReceiverPhase phase = ReceiverPhase.STOPPED;
    private Instant since;
    private @Nullable String lastFailure;

    ReceiverLife(String name, Clock clock) {
        this.name = name;
        this.clock = clock;
        this.since = clock.instant();
    }

    /** @throws IllegalStateException if that phase may not follow; entering the same one, or a working one while stopping, changes nothing */
    synchronized void enter(ReceiverPhase next) {
        if (next == phase || (phase == ReceiverPhase.STOPPING && next != ReceiverPhase.STOPPED)) {
            return; // what its thread still does on its way out is part of stopping
        }
        if (!phase.next().contains(next)) {
            throw new IllegalStateException(
                    "Receiver " + name + " cannot go from " + phase + " to " + next + "; it may go to " + phase.next());
        }
        phase = next;
        since = clock.instant();
    }

    /** Show that it is to stop, unless it has. */
    synchronized void stopping() {
        if (phase != ReceiverPhase.STOPPED) {
            enter(ReceiverPhase.STOPPING);
        }
    }

    synchronized void failed(Exception failure) {
        lastFailure = clock.instant() + " " + failure;
    }

    synchronized ReceiverStatus status(String queue, ReceiverMeters meters) {
        return new ReceiverStatus(
                name,
                queue,
                phase,
                since,
                meters.received.get(),
                meters.rejected.get(),
                meters.redelivered.get(),
                meters.committed.get(),
                meters.rolledBack.get(),
                lastFailure);
    }
}
