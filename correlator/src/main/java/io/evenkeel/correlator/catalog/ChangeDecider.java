// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.correlator.catalog.OpenChange.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
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
     * @param records   one for each part
     * @param overtaken true if it was undone because another change came into force first; it may be made on that one
     */
    record Decision(List<ChangeRecord> records, boolean overtaken) {
        boolean committed() {
            return records.stream().allMatch(record -> record.state() == ChangeState.COMMITTED);
        }

        /** For people: how it ended, and what it was if it was one change. */
        @Override
        public String toString() {
            return records.size() == 1
                    ? records.get(0).toString()
                    : records.get(0).state() + " "
                            + records.stream().map(ChangeRecord::id).toList();
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
     * @param judgedOn version of the register on which it was judged: an attempt that somebody else has made since may have
     *                 left the register again
     * @return false if the register is another now
     */
    boolean open(OpenChange change, long judgedOn, Deadline deadline) {
        return reach(change, deadline, now -> {
                    if (now.isOpen(change)) {
                        return Optional.of(now);
                    }
                    return now.version() == judgedOn ? Optional.of(now.opened(change)) : Optional.empty();
                })
                .isPresent();
    }

    /** Puts a change in force, unless it is decided already or was overtaken. */
    Decision commit(OpenChange change, CatalogBytes next, String by, List<NodeOutcome> nodes, Deadline deadline) {
        Optional<RegisterState> done = reach(change, deadline, now -> {
            if (isDecided(now, change)) {
                return Optional.of(now);
            }
            boolean possible = now.isOpen(change) && now.catalog().revision() == change.base();
            return possible ? Optional.of(now.committed(change, next, change.committed(by, nodes))) : Optional.empty();
        });
        if (done.isPresent()) {
            return decisionIn(done.get(), change, change.aborted(by, "It was undone by others.", nodes));
        }
        String reason =
                "Expected to commit on revision " + change.base() + ", but another change came into force first.";
        Decision undone = abort(change, by, reason, nodes, deadline);
        return new Decision(undone.records(), !undone.committed());
    }

    /** Undoes a change, unless it is decided already. */
    Decision abort(OpenChange change, String by, String reason, List<NodeOutcome> nodes, Deadline deadline) {
        List<ChangeRecord> records = change.aborted(by, reason, nodes);
        Optional<RegisterState> done = reach(change, deadline, now -> {
            if (isDecided(now, change)) {
                return Optional.of(now);
            }
            return now.isOpen(change) ? Optional.of(now.aborted(change, records)) : Optional.empty();
        });
        if (done.isEmpty()) {
            // Neither open nor decided: it never was open, or was decided so long ago that only its records are left.
            return new Decision(keptOr(change, records), false);
        }
        Decision decision = decisionIn(done.get(), change, records);
        keep(decision.records());
        return decision;
    }

    /** Keeps outcomes under their ids. They are in the register as well for some time, so that a failure does no harm. */
    void keep(List<ChangeRecord> records) {
        try {
            register.keep(records);
        } catch (CatalogUnavailableException e) {
            LOG.info(
                    "The outcome of changes {} is not kept yet: {}",
                    records.stream().map(ChangeRecord::id).toList(),
                    e.getMessage());
        }
    }

    /**
     * All parts are decided at once, and the last of them is the last to leave the register, unless one was decided again
     * since: then this attempt was undone, and what is found says so.
     */
    private static boolean isDecided(RegisterState now, OpenChange change) {
        List<Part> parts = change.parts();
        return findDecision(now, parts.get(parts.size() - 1)).isPresent();
    }

    private static Optional<ChangeRecord> findDecision(RegisterState now, Part part) {
        return now.findDecided(part.id()).filter(record -> record.attempt() >= part.attempt());
    }

    /** @param otherwise for parts of which nothing is known: the change was never open, and a part of it was decided */
    private Decision decisionIn(RegisterState state, OpenChange change, List<ChangeRecord> otherwise) {
        List<Part> dropped = change.parts().stream()
                .filter(part -> findDecision(state, part).isEmpty())
                .toList();
        // What has dropped out of the register was kept before.
        Map<String, ChangeRecord> kept = kept(change, dropped);
        List<ChangeRecord> records = new ArrayList<>();
        for (Part part : change.parts()) {
            ChangeRecord unknown = otherwise.get(records.size());
            records.add(findDecision(state, part).orElseGet(() -> kept.getOrDefault(part.id(), unknown)));
        }
        return new Decision(records, false);
    }

    private List<ChangeRecord> keptOr(OpenChange change, List<ChangeRecord> otherwise) {
        Map<String, ChangeRecord> kept = kept(change, change.parts());
        return otherwise.stream()
                .map(record -> {
                    ChangeRecord known = kept.get(record.id());
                    return known != null && known.attempt() >= record.attempt() ? known : record;
                })
                .toList();
    }

    /** By id. */
    private Map<String, ChangeRecord> kept(OpenChange change, List<Part> parts) {
        try {
            return parts.isEmpty()
                    ? Map.of()
                    : byId(register.findKept(parts.stream().map(Part::id).toList()));
        } catch (CatalogUnavailableException e) {
            // It is decided, and not known how.
            throw e.about(change.id());
        }
    }

    private static Map<String, ChangeRecord> byId(List<ChangeRecord> records) {
        return records.stream().collect(Collectors.toMap(ChangeRecord::id, Function.identity(), (one, same) -> one));
    }

    /**
     * Makes a transition, and is sure that it stays: what was written while copies were missing is read again when they
     * are there.
     *
     * @return the value in which it is made; empty if there is nothing to be made any more
     */
    private Optional<RegisterState> reach(OpenChange change, Deadline deadline, Transition transition) {
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
                    makeRoom(now, next.get());
                    done = register.replace(next.get()) == next.get();
                }
                if (done && safeBefore && safety.open()) {
                    return next;
                }
            } catch (CatalogUnavailableException e) {
                LOG.info("Decides {} again: {}", change.title(), e.getMessage());
                pace.pause(PAUSE);
            }
            awaitSafe(change, deadline);
        }
    }

    /** A decision leaves the register when its record is kept; one that is there may have more of what nodes said. */
    private void makeRoom(RegisterState now, RegisterState next) {
        List<ChangeRecord> dropped = now.droppedIn(next);
        if (dropped.isEmpty()) {
            return;
        }
        Map<String, ChangeRecord> kept = byId(register.findKept(
                dropped.stream().map(ChangeRecord::id).distinct().toList()));
        register.keep(dropped.stream()
                .filter(record -> {
                    ChangeRecord known = kept.get(record.id());
                    return known == null
                            || known.attempt() < record.attempt()
                            || known.attempt() == record.attempt() && known.state() != record.state();
                })
                .toList());
    }

    private void awaitSafe(OpenChange change, Deadline deadline) {
        boolean safe;
        try {
            safe = safety.awaitOpen(deadline.left());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            safe = false;
        }
        if (!safe || deadline.passed()) {
            throw new CatalogUnavailableException(
                    "Expected to decide " + change.title() + " in its time, but could not: "
                            + (safe ? "others changed the catalog all the time" : String.join("; ", safety.reasons()))
                            + ". It may come into force or be undone; ask for it, or repeat it under the same id.",
                    RETRY_AFTER,
                    change.id());
        }
    }
}
