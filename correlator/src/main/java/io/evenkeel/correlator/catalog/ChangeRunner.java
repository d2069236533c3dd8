// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import io.evenkeel.correlator.catalog.ChangeDecider.Decision;
import io.evenkeel.correlator.catalog.Nodes.NodeRef;
import io.evenkeel.correlator.catalog.PendingChange.Begun;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange.DeleteInstance;
import io.evenkeel.query.catalog.CatalogChange.PutInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * <p>Changes that arrive while another one is under way are decided together after it, each on the one before and with a
 * revision of its own: so a thousand requests take a few rounds. If a node cannot prepare them, or one does not compile, they
 * are tried in halves, until it stands alone.
 *
 * <p>Nothing is locked in the cluster: any number of changes may be open, and the first that commits on a revision wins.
 * The others are judged again on the new one, with their preconditions. If this node dies, {@link CatalogWatch} of the
 * others decides.
 *
 * <p>Thread-safe; {@link #run} blocks, within {@link ChangeLimits}.
 */
final class ChangeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeRunner.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration LOOK_SOON = Duration.ofMillis(20);
    private static final Duration COURTESY = Duration.ofSeconds(1);
    /** So many are decided at once; all of them are in the register for a while. */
    private static final int MOST_TOGETHER = 256;
    /** Of all their catalogs. */
    private static final int MOST_DEFINITIONS = 1_000_000;
    /** Each holds a thread of the API, which needs some for other things. */
    private static final int MOST_UNDER_WAY = 300;

    private static final CatalogUnavailableException BEHIND = new CatalogUnavailableException(
            "Expected the grid to have what a change is known to have brought, but it is behind. A node that has it brings"
                    + " it back.",
            RETRY_AFTER,
            "");

    private static final CatalogUnavailableException LATE = new CatalogUnavailableException(
            "Expected to make the change in its time, but other changes came into force first, again and again."
                    + " Nothing changed.",
            RETRY_AFTER);

    private final Register register;
    private final PlanStore store;
    private final ChangeRounds rounds;
    private final ChangeDecider decider;
    private final Safety safety;
    private final Pace pace;
    private final ChangeLimits limits;
    private final Consumer<ChangeStep> steps;
    private final NodeCatalog node;
    /**
     * Changes of this node do not compete with each other, only with those of other nodes: whoever has the turn decides for
     * all that wait for it. The idea is flat combining (Hendler, Incze, Shavit, Tzafrir, SPAA 2010).
     */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final Semaphore places = new Semaphore(MOST_UNDER_WAY);
    private final Queue<PendingChange> pending = new ConcurrentLinkedQueue<>();

    ChangeRunner(
            Register register,
            PlanStore store,
            ChangeRounds rounds,
            ChangeDecider decider,
            Safety safety,
            Pace pace,
            ChangeLimits limits,
            Consumer<ChangeStep> steps,
            NodeCatalog node) {
        this.register = register;
        this.store = store;
        this.rounds = rounds;
        this.decider = decider;
        this.safety = safety;
        this.pace = pace;
        this.limits = limits;
        this.steps = steps;
        this.node = node;
    }

    /** See {@link CatalogStore#change}. */
    ChangeOutcome run(ChangeRequest request) {
        if (!places.tryAcquire()) {
            throw new CatalogUnavailableException(
                    "Expected at most " + MOST_UNDER_WAY + " changes at a time on this node, but so many are under way."
                            + " Nothing changed.",
                    RETRY_AFTER);
        }
        try {
            return runInPlace(request);
        } finally {
            places.release();
        }
    }

    private ChangeOutcome runInPlace(ChangeRequest request) {
        Deadline deadline = new Deadline(pace, limits.prepare());
        awaitSafe();
        warmUp(request, deadline);
        while (true) {
            PendingChange mine = new PendingChange(request, deadline);
            pending.add(mine);
            takeTurn(mine);
            try {
                while (!mine.ended()) {
                    List<PendingChange> next = nextPending();
                    if (next.isEmpty()) {
                        throw new IllegalStateException("Expected the change to wait for its turn or to have ended");
                    }
                    decide(next);
                }
            } finally {
                turn.unlock();
            }
            // Not in its turn: others of this node pass one that another node runs.
            Begun begun = mine.result();
            if (begun.outcome() != null) {
                return finish(begun);
            }
            awaitOther(request, begun.version(), deadline);
        }
    }

    /** Several at once, as if they had waited for their turn together; for tests that have no threads. */
    List<Supplier<ChangeOutcome>> runTogether(List<ChangeRequest> requests) {
        Deadline deadline = new Deadline(pace, limits.prepare());
        awaitSafe();
        List<PendingChange> changes = requests.stream()
                .map(request -> new PendingChange(request, deadline))
                .toList();
        decide(changes);
        return changes.stream()
                .<Supplier<ChangeOutcome>>map(change -> () -> {
                    Begun begun = change.result();
                    return begun.outcome() != null ? finish(begun) : run(change.request());
                })
                .toList();
    }

    /** How many wait for somebody to decide them. */
    int waiting() {
        return pending.size();
    }

    /** Those that wait, oldest first. Each comes with a catalog of its own, so of large ones there are fewer. */
    private List<PendingChange> nextPending() {
        CatalogSnapshot here = node.current();
        int definitions = here.instances().size()
                + here.queries().size()
                + here.eventTypes().size();
        int most = Math.max(1, Math.min(MOST_TOGETHER, MOST_DEFINITIONS / Math.max(1, definitions)));
        List<PendingChange> next = new ArrayList<>();
        for (PendingChange one = pending.poll(); one != null; one = pending.poll()) {
            next.add(one);
            if (next.size() == most) {
                break;
            }
        }
        return next;
    }

    /** Afterwards all have {@linkplain PendingChange#ended ended}. For one thread at a time: whoever has the turn. */
    private void decide(List<PendingChange> changes) {
        List<PendingChange> left = new ArrayList<>(changes);
        try {
            while (true) {
                left.removeIf(PendingChange::ended);
                if (left.isEmpty()) {
                    return;
                }
                RegisterState now = awaitOthers();
                Map<String, ChangeRecord> earlier =
                        earlier(now, left.stream().map(PendingChange::request).toList());
                ChangeGroup group = new ChangeGroup(
                        now,
                        node.snapshotOf(now.catalog()),
                        request -> find(now, request, earlier),
                        rounds.nodes().self().name(),
                        LATE);
                left.forEach(group::add);
                if (group.outdated()) {
                    left.stream().filter(change -> change.deadline().passed()).forEach(change -> change.failed(BEHIND));
                    pace.pause(LOOK_SOON);
                } else {
                    tryOut(group, now, left);
                }
            }
        } catch (RuntimeException | Error e) {
            RuntimeException reason = e instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException("Expected to decide on changes, but: " + e, e);
            left.forEach(change -> change.failed(reason));
            if (e instanceof Error error) {
                throw error;
            }
        }
    }

    /** One try: those that have not ended after it are to be judged again. */
    private void tryOut(ChangeGroup group, RegisterState now, List<PendingChange> changes) {
        CatalogBytes next = CatalogBytes.of(group.next());
        if (group.parts().isEmpty()) {
            group.end(List.of(), application(next.revision(), Set.of()));
            return;
        }
        // The latest: nobody who has time left is to suffer from one that has not.
        Deadline deadline = changes.stream()
                .map(PendingChange::deadline)
                .max(Comparator.comparing(Deadline::left))
                .orElseThrow();
        try {
            store.plan(group.next(), deadline.left());
        } catch (RuntimeException e) {
            if (changes.size() == 1) {
                throw e;
            }
            decideApart(changes);
            return;
        }
        steps.accept(ChangeStep.VALIDATED);
        group.tried();
        Attempt attempt = attempt(group.parts(), now, next, deadline);
        Decision decision = attempt.decision();
        if (decision == null || decision.overtaken()) {
            return;
        }
        if (!decision.committed()) {
            if (changes.size() == 1) {
                throw new ChangeAbortedException(decision.records().get(0));
            }
            if (attempt.outcomes().stream().anyMatch(outcome -> outcome.state() == NodeState.FAILED)) {
                decideApart(changes);
            } else {
                group.undone(decision.records());
            }
        } else if (group.isMadeBy(decision.records())) {
            Set<String> asked =
                    attempt.outcomes().stream().map(NodeOutcome::node).collect(Collectors.toSet());
            Application application = application(next.revision(), asked);
            group.end(decision.records(), application);
            // Still in the turn: all shards take one revision after the other, so a change that was decided now would
            // only wait for them, and those that come meanwhile can go with it.
            application.said();
        }
        // Else this attempt was undone by somebody, and another one made: on a catalog that is not known here yet.
    }

    /** One of them is at fault: in halves, so that few of the others are tried often. */
    private void decideApart(List<PendingChange> changes) {
        int half = changes.size() / 2;
        decide(changes.subList(0, half));
        decide(changes.subList(half, changes.size()));
    }

    /**
     * Another node is about to bring the next revision: what this one would prepare on the present one is likely to be in
     * vain. Or this node's shards still come to the present one. A courtesy, for a moment; nothing depends on it.
     */
    private RegisterState awaitOthers() {
        Deadline patience = new Deadline(pace, COURTESY);
        while (node.settles() && !patience.passed()) {
            pace.pause(LOOK_SOON);
        }
        while (true) {
            RegisterState now = register.read();
            Set<String> others = rounds.nodes().members().stream()
                    .map(NodeRef::id)
                    .filter(Predicate.not(rounds.nodes().self().id()::equals))
                    .collect(Collectors.toSet());
            if (patience.passed()
                    || now.open().stream()
                            .noneMatch(change ->
                                    change.base() == now.catalog().revision() && others.contains(change.runBy()))) {
                return now;
            }
            do {
                pace.pause(LOOK_SOON);
            } while (!patience.passed() && register.peekVersion() == now.version());
        }
    }

    /** What is known of requests under their ids, by id. */
    private Map<String, ChangeRecord> earlier(RegisterState now, List<ChangeRequest> requests) {
        Map<String, ChangeRecord> earlier = new HashMap<>();
        now.decided().forEach(record -> earlier.put(record.id(), record));
        List<String> unknown = requests.stream()
                .map(ChangeRequest::id)
                .filter(Predicate.not(earlier::containsKey))
                .toList();
        register.findKept(unknown).forEach(record -> earlier.put(record.id(), record));
        return earlier;
    }

    private static Optional<ChangeRecord> find(
            RegisterState now, ChangeRequest request, Map<String, ChangeRecord> earlier) {
        Optional<ChangeRecord> known = Optional.ofNullable(earlier.get(request.id()));
        Optional<String> fingerprint = known.map(ChangeRecord::fingerprint)
                .or(() -> now.findOpen(request.id())
                        .flatMap(change -> change.find(request.id()))
                        .map(OpenChange.Part::fingerprint));
        if (fingerprint.filter(Predicate.not(request.fingerprint()::equals)).isPresent()) {
            throw new ChangeIdReusedException(request.id());
        }
        return known;
    }

    /** What takes long is compiled before this change takes its turn: others need not wait for it. */
    private void warmUp(ChangeRequest request, Deadline deadline) {
        if (isWarm(request)) {
            return;
        }
        RegisterState now = register.read();
        // One that is open already may be decided by others: whether it is allowed is not for this request to say.
        if (find(now, request, earlier(now, List.of(request))).isEmpty()
                && now.findOpen(request.id()).isEmpty()) {
            CatalogSnapshot next = ChangeGroup.after(request, node.snapshotOf(now.catalog()));
            if (!store.knows(next)) {
                store.plan(next, deadline.left());
                rounds.warmUp(rounds.nodes().members(), CatalogBytes.of(next), deadline.left());
            }
        }
    }

    /** Judged on what this node runs, which may be old: then it looks nearer. An instance needs nothing compiled. */
    private boolean isWarm(ChangeRequest request) {
        try {
            CatalogSnapshot here = node.current();
            return request.proposal().changesOn(here).stream()
                            .allMatch(change -> change instanceof PutInstance || change instanceof DeleteInstance)
                    || store.knows(ChangeGroup.after(request, here));
        } catch (RuntimeException refusedOnThisOne) {
            return false;
        }
    }

    /**
     * How an attempt ended.
     *
     * @param decision null if it did not begin, because another change was first
     * @param outcomes what nodes said when they were asked to prepare
     */
    private record Attempt(@Nullable Decision decision, List<NodeOutcome> outcomes) {}

    private Attempt attempt(List<OpenChange.Part> parts, RegisterState now, CatalogBytes next, Deadline deadline) {
        NodeRef self = rounds.nodes().self();
        List<NodeRef> members = rounds.nodes().members();
        OpenChange change = new OpenChange(
                parts,
                now.catalog().revision(),
                self.id(),
                self.name(),
                members.stream().map(NodeRef::id).toList());
        List<NodeOutcome> outcomes;
        try {
            if (!decider.open(change, now.version(), deadline)) {
                return new Attempt(null, List.of());
            }
            outcomes = rounds.prepare(members, change, next, deadline.left());
        } catch (RuntimeException e) {
            abandon(change, e);
            throw e;
        }
        // Undoing must be possible when the time is up, too.
        Deadline decision = new Deadline(pace, deadline.left().plus(limits.safe()));
        String objections = outcomes.stream()
                .filter(outcome -> outcome.state() != NodeState.PREPARED && outcome.state() != NodeState.STARTING)
                .map(NodeOutcome::toString)
                .collect(Collectors.joining("; "));
        if (!objections.isEmpty()) {
            String reason = "Expected all nodes to prepare the change, but: " + objections
                    + ". It was undone; nothing has changed on any node.";
            return new Attempt(decider.abort(change, self.name(), reason, outcomes, decision), outcomes);
        }
        steps.accept(ChangeStep.ALL_PREPARED);
        steps.accept(ChangeStep.BEFORE_DECISION);
        Decision decided = decider.commit(change, next, self.name(), outcomes, decision);
        if (decided.committed()) {
            steps.accept(ChangeStep.AFTER_DECISION);
        }
        return new Attempt(decided, outcomes);
    }

    /** Or it would keep its ids busy until somebody finds it overdue. */
    private void abandon(OpenChange change, RuntimeException why) {
        try {
            decider.abort(
                    change,
                    rounds.nodes().self().name(),
                    "Expected to ask all nodes, but: " + why.getMessage(),
                    List.of(),
                    new Deadline(pace, limits.safe()));
        } catch (CatalogUnavailableException e) {
            LOG.info("Leaves {} to be decided by others: {}", change.title(), e.getMessage());
        }
    }

    private Application application(long revision, Set<String> asked) {
        return new Application(() -> {
            steps.accept(ChangeStep.BEFORE_APPLY);
            Deadline deadline = new Deadline(pace, limits.apply());
            List<NodeOutcome> outcomes = rounds.apply(revision, asked, limits.apply());
            // A node cannot read the register while another that held a copy of it dies: a moment later it can.
            while (outcomes.stream().anyMatch(ChangeRunner::couldNotRead) && !deadline.passed()) {
                pace.pause(LOOK_AGAIN);
                outcomes = rounds.apply(revision, asked, deadline.left());
            }
            steps.accept(ChangeStep.AFTER_APPLY);
            return outcomes;
        });
    }

    /** All nodes run it before the caller knows. */
    private ChangeOutcome finish(Begun begun) {
        ChangeOutcome decided = requireNonNull(begun.outcome());
        List<NodeOutcome> outcomes;
        try {
            outcomes = requireNonNull(begun.awaiting()).said();
        } catch (CatalogUnavailableException e) {
            // It is in force, whatever this node comes to know of the others.
            throw e.about(decided.record().id());
        }
        ChangeRecord full = decided.record().with(outcomes);
        if (!decided.repeated()) {
            decider.keep(List.of(full));
        }
        long applied = outcomes.stream()
                .filter(outcome -> outcome.state() == NodeState.APPLIED)
                .count();
        List<NodeOutcome> missing = outcomes.stream()
                .filter(outcome -> outcome.state() == NodeState.FAILED || outcome.state() == NodeState.SILENT)
                .toList();
        if (!missing.isEmpty() || applied < limits.minimum()) {
            throw new CatalogUnavailableException(
                    "The change is in force at revision " + full.revision()
                            + ", but not on every node yet; they will follow: " + outcomes
                            + ". Repeat it under the same id to wait for them.",
                    RETRY_AFTER,
                    full.id());
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

    /** Returns with the turn, perhaps after somebody else has decided in his. */
    private void takeTurn(PendingChange mine) {
        try {
            if (turn.tryLock(mine.deadline().left().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (pending.remove(mine)) {
            throw new CatalogUnavailableException(
                    "Expected this node to begin the change in its time, but others are not done. Nothing changed; send it"
                            + " again in a moment.",
                    RETRY_AFTER);
        }
        // Somebody is about to decide it, and what he finds counts.
        turn.lock();
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
