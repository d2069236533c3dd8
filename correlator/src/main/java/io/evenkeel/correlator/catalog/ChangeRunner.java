// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.correlator.catalog.ChangeDecider.Decision;
import io.evenkeel.correlator.catalog.Nodes.NodeRef;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the changes that arrive at this node.
 *
 * <pre>
 *   validate, compile ──► open in the register ──► every member prepares ──► commit in the register ──► every member applies
 *         │                      │ another change        │ one cannot, or        │ another change          │
 *         ▼                      ▼ was first             ▼ left                  ▼ was first               ▼
 *      refused               validate again         undone: error           undone: validate again    the answer
 * </pre>
 *
 * <p>Nothing is locked in the cluster: any number of changes may be open, and the first that commits on a revision wins.
 * The others are judged again on the new one, with their preconditions. If this node dies, {@link CatalogWatch} of the
 * others decides.
 *
 * <p>Thread-safe; {@link #run} blocks, within {@link ChangeLimits}.
 */
final class ChangeRunner {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Register register;
    private final PlanStore store;
    private final ChangeRounds rounds;
    private final ChangeDecider decider;
    private final Safety safety;
    private final Pace pace;
    private final ChangeLimits limits;
    private final Consumer<ChangeStep> steps;
    /** Changes of this node do not compete with each other, only with those of other nodes. */
    private final ReentrantLock turn = new ReentrantLock(true);

    ChangeRunner(
            Register register,
            PlanStore store,
            ChangeRounds rounds,
            ChangeDecider decider,
            Safety safety,
            Pace pace,
            ChangeLimits limits,
            Consumer<ChangeStep> steps) {
        this.register = register;
        this.store = store;
        this.rounds = rounds;
        this.decider = decider;
        this.safety = safety;
        this.pace = pace;
        this.limits = limits;
        this.steps = steps;
    }

    /** See {@link CatalogStore#change}. */
    ChangeOutcome run(ChangeRequest request) {
        Deadline deadline = new Deadline(pace, limits.prepare());
        awaitSafe();
        warmUp(request, deadline);
        while (true) {
            Begun begun;
            takeTurn(deadline);
            try {
                begun = begin(request, deadline);
            } finally {
                turn.unlock();
            }
            // Not in its turn: the next change of this node may be decided while this one is applied, or awaited.
            if (begun.outcome() != null) {
                return finish(begun.outcome());
            }
            awaitOther(request, begun.version(), deadline);
        }
    }

    /**
     * How far a change has come in its turn.
     *
     * @param outcome of the decision, not applied yet; null if somebody else runs the change
     * @param version of the register at which somebody else ran it
     */
    private record Begun(@Nullable ChangeOutcome outcome, long version) {}

    private Begun begin(ChangeRequest request, Deadline deadline) {
        while (true) {
            RegisterState now = register.read();
            Optional<ChangeRecord> earlier = find(now, request);
            if (earlier.isPresent() && earlier.get().state() == ChangeState.COMMITTED) {
                CatalogSnapshot catalog = now.catalog().snapshot();
                return new Begun(new ChangeOutcome(earlier.get(), catalog, catalog, true), now.version());
            }
            if (now.findOpen(request.id()).isPresent()) {
                return new Begun(null, now.version());
            }
            Optional<ChangeOutcome> outcome = tryOn(now, earlier, request, deadline);
            if (outcome.isPresent()) {
                return new Begun(outcome.get(), now.version());
            }
            requireTime(deadline);
        }
    }

    /** @return empty if another change came into force first */
    private Optional<ChangeOutcome> tryOn(
            RegisterState now, Optional<ChangeRecord> earlier, ChangeRequest request, Deadline deadline) {
        CatalogSnapshot base = now.catalog().snapshot();
        CatalogSnapshot next = next(request, base);
        if (next == base) {
            return Optional.of(new ChangeOutcome(unchanged(request, base), base, base, false));
        }
        store.plan(next, deadline.left());
        steps.accept(ChangeStep.VALIDATED);
        Optional<Decision> decision =
                attempt(request, earlier.map(ChangeRecord::attempt).orElse(0) + 1, CatalogBytes.of(next), deadline);
        if (decision.isPresent() && decision.get().committed()) {
            return Optional.of(new ChangeOutcome(decision.get().record(), base, next, false));
        }
        if (decision.isPresent() && !decision.get().overtaken()) {
            throw new ChangeAbortedException(decision.get().record());
        }
        return Optional.empty();
    }

    private static CatalogSnapshot next(ChangeRequest request, CatalogSnapshot base) {
        List<CatalogChange> changes = request.proposal().changesOn(base);
        return changes.isEmpty() ? base : CatalogRules.apply(base, changes);
    }

    private Optional<ChangeRecord> find(RegisterState now, ChangeRequest request) {
        Optional<ChangeRecord> earlier = now.findDecided(request.id()).or(() -> register.findKept(request.id()));
        Optional<String> known = earlier.map(ChangeRecord::fingerprint)
                .or(() -> now.findOpen(request.id()).map(OpenChange::fingerprint));
        if (known.filter(Predicate.not(request.fingerprint()::equals)).isPresent()) {
            throw new ChangeIdReusedException(request.id());
        }
        return earlier;
    }

    private ChangeRecord unchanged(ChangeRequest request, CatalogSnapshot base) {
        return new ChangeRecord(
                request.id(),
                1,
                request.fingerprint(),
                ChangeState.UNCHANGED,
                base.revision(),
                rounds.nodes().self().name(),
                "",
                List.of());
    }

    /** What takes long is compiled before this change takes its turn: others need not wait for it. */
    private void warmUp(ChangeRequest request, Deadline deadline) {
        RegisterState now = register.read();
        // One that is open already may be decided by others: whether it is allowed is not for this request to say.
        if (find(now, request).isEmpty() && now.findOpen(request.id()).isEmpty()) {
            CatalogSnapshot next = next(request, now.catalog().snapshot());
            if (!store.knows(next)) {
                store.plan(next, deadline.left());
                rounds.warmUp(rounds.nodes().members(), CatalogBytes.of(next), deadline.left());
            }
        }
    }

    /** @return how it was decided; empty if it did not begin, because another change was first */
    private Optional<Decision> attempt(ChangeRequest request, int attempt, CatalogBytes next, Deadline deadline) {
        NodeRef self = rounds.nodes().self();
        List<NodeRef> members = rounds.nodes().members();
        OpenChange change = new OpenChange(
                request.id(),
                attempt,
                request.fingerprint(),
                next.revision() - 1,
                self.id(),
                self.name(),
                members.stream().map(NodeRef::id).toList());
        if (!decider.open(change, deadline)) {
            return Optional.empty();
        }
        List<NodeOutcome> outcomes = rounds.prepare(members, change, next, deadline.left());
        // Undoing must be possible when the time is up, too.
        Deadline decision = new Deadline(pace, deadline.left().plus(limits.safe()));
        String objections = outcomes.stream()
                .filter(outcome -> outcome.state() != NodeState.PREPARED && outcome.state() != NodeState.STARTING)
                .map(NodeOutcome::toString)
                .collect(Collectors.joining("; "));
        if (!objections.isEmpty()) {
            String reason = "Expected all nodes to prepare the change, but: " + objections
                    + ". It was undone; nothing has changed on any node.";
            return Optional.of(decider.abort(change, self.name(), reason, outcomes, decision));
        }
        steps.accept(ChangeStep.ALL_PREPARED);
        steps.accept(ChangeStep.BEFORE_DECISION);
        Decision decided = decider.commit(change, next, self.name(), outcomes, decision);
        if (decided.committed()) {
            steps.accept(ChangeStep.AFTER_DECISION);
        }
        return Optional.of(decided);
    }

    /** All nodes run it before the caller knows. */
    private ChangeOutcome finish(ChangeOutcome decided) {
        ChangeRecord record = decided.record();
        steps.accept(ChangeStep.BEFORE_APPLY);
        Set<String> asked = record.nodes().stream().map(NodeOutcome::node).collect(Collectors.toSet());
        Deadline deadline = new Deadline(pace, limits.apply());
        List<NodeOutcome> outcomes = rounds.apply(record.revision(), asked, limits.apply());
        // A node cannot read the register while another that held a copy of it dies: a moment later it can.
        while (outcomes.stream().anyMatch(ChangeRunner::couldNotRead) && !deadline.passed()) {
            pace.pause(LOOK_AGAIN);
            outcomes = rounds.apply(record.revision(), asked, deadline.left());
        }
        steps.accept(ChangeStep.AFTER_APPLY);
        ChangeRecord full = record.with(outcomes);
        decider.keep(full);
        long applied = outcomes.stream()
                .filter(outcome -> outcome.state() == NodeState.APPLIED)
                .count();
        List<NodeOutcome> missing = outcomes.stream()
                .filter(outcome -> outcome.state() == NodeState.FAILED || outcome.state() == NodeState.SILENT)
                .toList();
        if (!missing.isEmpty() || applied < limits.minimum()) {
            throw new CatalogUnavailableException(
                    "The change is in force at revision " + record.revision()
                            + ", but not on every node yet; they will follow: " + outcomes
                            + ". Repeat it under the same id to wait for them.",
                    RETRY_AFTER,
                    record.id());
        }
        return new ChangeOutcome(full, decided.before(), decided.catalog(), decided.repeated());
    }

    private static boolean couldNotRead(NodeOutcome outcome) {
        return outcome.state() == NodeState.FAILED
                && CatalogUnavailableException.class.getName().equals(outcome.error());
    }

    /**
     * Another node runs a change under this id; how it ends is how this request ends. Only looks whether the register has
     * moved on: to read it means to write it.
     */
    private void awaitOther(ChangeRequest request, long version, Deadline deadline) {
        do {
            if (deadline.passed()) {
                throw new CatalogUnavailableException(
                        "Expected the change to be decided, but another request with its id is still under way.",
                        RETRY_AFTER,
                        request.id());
            }
            pace.pause(LOOK_AGAIN);
        } while (register.peekVersion() == version);
    }

    private void takeTurn(Deadline deadline) {
        try {
            if (turn.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CatalogUnavailableException(
                "Expected this node to begin the change in its time, but too many others wait. Nothing changed.",
                RETRY_AFTER);
    }

    private static void requireTime(Deadline deadline) {
        if (deadline.passed()) {
            throw new CatalogUnavailableException(
                    "Expected to make the change in its time, but other changes came into force first, again and again."
                            + " Nothing changed.",
                    RETRY_AFTER);
        }
    }

    void awaitSafe() {
        boolean safe;
        try {
            safe = safety.open() || safety.awaitOpen(limits.safe());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            safe = false;
        }
        if (!safe) {
            throw new CatalogUnavailableException(
                    "Expected a cluster that can keep a change, but: " + String.join("; ", safety.reasons())
                            + ". Nothing changed.",
                    RETRY_AFTER);
        }
    }
}
