// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides changes: the register's one value is replaced by one in which the change is in force, or undone. Any number of
 * nodes may try at once, the one that runs the change and those that believe it dead; the first decides for all.
 *
 * <p>Thread-safe.
 */
final class ChangeDecider {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeDecider.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Register register;
    private final Safety safety;
    private final Pace pace;

    /**
     * How a change was decided.
     *
     * @param overtaken true if it was undone because another change came into force first; it may be made on that one
     */
    record Decision(ChangeRecord record, boolean overtaken) {
        boolean committed() {
            return record.state() == ChangeState.COMMITTED;
        }
    }

    /** The next value of the register. */
    private interface Transition {
        Optional<RegisterState> from(RegisterState now);
    }

    ChangeDecider(Register register, Safety safety, Pace pace) {
        this.register = register;
        this.safety = safety;
        this.pace = pace;
    }

    /**
     * Notes that a change has begun.
     *
     * @return false if another change came into force on the same revision, or somebody else runs or ran this one
     */
    boolean open(OpenChange change, Deadline deadline) {
        return reach(change.id(), deadline, now -> {
                    if (now.isOpen(change)) {
                        return Optional.of(now);
                    }
                    // An attempt that somebody else has made under this id and number is decided for ever.
                    boolean mayBegin = now.catalog().revision() == change.base()
                            && now.findOpen(change.id()).isEmpty()
                            && findDecision(now, change).isEmpty();
                    return mayBegin ? Optional.of(now.opened(change)) : Optional.empty();
                })
                .isPresent();
    }

    /** Puts a change in force, unless it is decided already or was overtaken. */
    Decision commit(OpenChange change, CatalogBytes next, String by, List<NodeOutcome> nodes, Deadline deadline) {
        Optional<RegisterState> done = reach(change.id(), deadline, now -> {
            if (findDecision(now, change).isPresent()) {
                return Optional.of(now);
            }
            boolean possible = now.isOpen(change) && now.catalog().revision() == change.base();
            return possible ? Optional.of(now.committed(change, next, change.committed(by, nodes))) : Optional.empty();
        });
        if (done.isPresent()) {
            return decisionIn(done.get(), change);
        }
        String reason =
                "Expected to commit on revision " + change.base() + ", but another change came into force first.";
        Decision undone = abort(change, by, reason, nodes, deadline);
        return new Decision(undone.record(), !undone.committed());
    }

    /** Undoes a change, unless it is decided already. */
    Decision abort(OpenChange change, String by, String reason, List<NodeOutcome> nodes, Deadline deadline) {
        ChangeRecord record = change.aborted(by, reason, nodes);
        Optional<RegisterState> done = reach(change.id(), deadline, now -> {
            if (findDecision(now, change).isPresent()) {
                return Optional.of(now);
            }
            return now.isOpen(change) ? Optional.of(now.aborted(change, record)) : Optional.empty();
        });
        // Neither open nor decided: it was decided so long ago that only its record is left.
        Decision decision = done.map(state -> decisionIn(state, change))
                .orElseGet(() -> new Decision(
                        register.findKept(change.id())
                                .filter(kept -> kept.attempt() >= change.attempt())
                                .orElse(record),
                        false));
        keep(decision.record());
        return decision;
    }

    /** Keeps the outcome under its id. It is in the register as well for some time, so that a failure does no harm. */
    void keep(ChangeRecord record) {
        try {
            register.keep(record);
        } catch (CatalogUnavailableException e) {
            LOG.info("The outcome of change {} is not kept yet: {}", record.id(), e.getMessage());
        }
    }

    private static Optional<ChangeRecord> findDecision(RegisterState now, OpenChange change) {
        return now.findDecided(change.id()).filter(record -> record.attempt() >= change.attempt());
    }

    private static Decision decisionIn(RegisterState state, OpenChange change) {
        return new Decision(findDecision(state, change).orElseThrow(), false);
    }

    /**
     * Makes a transition, and is sure that it stays: what was written while copies were missing is read again when they
     * are there.
     *
     * @return the value in which it is made; empty if there is nothing to be made any more
     */
    private Optional<RegisterState> reach(String id, Deadline deadline, Transition transition) {
        while (true) {
            try {
                boolean safeBefore = safety.open();
                RegisterState now = register.read();
                Optional<RegisterState> next = transition.from(now);
                if (next.isEmpty()) {
                    return Optional.empty();
                }
                boolean done = next.get() == now;
                if (!done) {
                    makeRoom(now);
                    done = register.replace(next.get()) == next.get();
                }
                if (done && safeBefore && safety.open()) {
                    return next;
                }
            } catch (CatalogUnavailableException e) {
                LOG.info("Change {} is tried again: {}", id, e.getMessage());
                pace.pause(PAUSE);
            }
            awaitSafe(id, deadline);
        }
    }

    /** A decision leaves the register when its record is kept. */
    private void makeRoom(RegisterState now) {
        now.nextToDrop().ifPresent(record -> {
            if (register.findKept(record.id())
                    .filter(kept -> kept.attempt() >= record.attempt())
                    .isEmpty()) {
                register.keep(record);
            }
        });
    }

    private void awaitSafe(String id, Deadline deadline) {
        boolean safe;
        try {
            safe = safety.awaitOpen(deadline.left());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            safe = false;
        }
        if (!safe || deadline.passed()) {
            throw new CatalogUnavailableException(
                    "Expected to decide change " + id + " in its time, but could not: "
                            + (safe ? "others changed the catalog all the time" : String.join("; ", safety.reasons()))
                            + ". It may come into force or be undone; ask for it, or repeat it under the same id.",
                    RETRY_AFTER,
                    id);
        }
    }
}
