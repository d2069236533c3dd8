// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A request that waits for its turn, or for whoever has the turn and decides it with others. Of the thread that has the turn;
 * once it has ended it does not change any more, and is read by its own thread.
 */
final class PendingChange {
    private final ChangeRequest request;
    private final Deadline deadline;
    private @Nullable Begun begun;
    private @Nullable RuntimeException failure;
    private boolean tried;

    /**
     * How far a change has come in its turn.
     *
     * @param outcome  of the decision, not applied yet; null if somebody else runs the change
     * @param awaiting what has to happen before the caller is told
     * @param version  of the register at which somebody else ran it
     */
    record Begun(@Nullable ChangeOutcome outcome, @Nullable Application awaiting, long version) {
        static Begun decided(ChangeOutcome outcome, Application awaiting) {
            return new Begun(outcome, awaiting, 0);
        }

        static Begun elsewhere(long version) {
            return new Begun(null, null, version);
        }
    }

    PendingChange(ChangeRequest request, Deadline deadline) {
        this.request = request;
        this.deadline = deadline;
    }

    ChangeRequest request() {
        return request;
    }

    Deadline deadline() {
        return deadline;
    }

    boolean ended() {
        return begun != null || failure != null;
    }

    void begun(Begun how) {
        if (!ended()) {
            begun = how;
        }
    }

    /** An attempt at it is about to be noted: from now on nobody can say for certain that nothing changed. */
    void tried() {
        tried = true;
    }

    /** @param reason found when it was judged */
    void refused(RuntimeException reason) {
        if (!ended()) {
            failure = reason;
        }
    }

    /** @param reason why nobody goes on with it, which may be about others as well */
    void failed(RuntimeException reason) {
        boolean uncertain =
                reason instanceof CatalogUnavailableException unavailable && (tried || unavailable.change() != null);
        refused(uncertain ? ((CatalogUnavailableException) reason).about(request.id()) : reason);
    }

    /** @throws RuntimeException why it was not made */
    Begun result() {
        if (failure != null) {
            throw failure;
        }
        return requireNonNull(begun, "Expected a change to be decided before it is asked for");
    }
}
