// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A request that waits for its turn, or for whoever has the turn and decides it with others. Not thread-safe: of the thread
 * that has the turn.
 */
final class PendingChange {
    private final ChangeRequest request;
    private final Deadline deadline;
    private @Nullable Begun begun;
    private @Nullable RuntimeException failure;

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
        begun = how;
    }

    /** @param reason that may be about other changes as well */
    void failed(RuntimeException reason) {
        failure = reason instanceof CatalogUnavailableException unavailable && unavailable.change() != null
                ? new CatalogUnavailableException(
                        String.valueOf(unavailable.getMessage()), unavailable.retryAfter(), request.id())
                : reason;
    }

    /** @throws RuntimeException why it was not made */
    Begun result() {
        if (failure != null) {
            throw failure;
        }
        return requireNonNull(begun, "Expected a change to be decided before it is asked for");
    }
}
