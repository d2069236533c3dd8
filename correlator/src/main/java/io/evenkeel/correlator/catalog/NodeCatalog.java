// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalog that this node runs and keeps on its disk, and the node's part in changes: it says whether it could run a
 * proposed one, and runs what is in force.
 *
 * <p>Thread-safe. Reads are quick; {@link #answer} and {@link #follow} may block while queries are compiled and shards
 * are brought to them, and are called on threads that have time for it.
 */
public final class NodeCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCatalog.class);
    /** Changes that this node said something about and that were not decided yet. */
    private static final int MOST_PREPARED = 32;
    /** Instances of one query that are tried out; they differ in values only, which the rules have checked. */
    private static final int MOST_TRIED = 100;

    private final String node;
    private final Register register;
    private final PlanStore store;
    private final CatalogDisk disk;
    private final Runnable settleShards;
    private final Consumer<ChangeStep> steps;
    private final ChangeLimits limits;
    private final Map<String, Prepared> prepared = new LinkedHashMap<>();
    private final ReentrantLock switching = new ReentrantLock();
    private final ReentrantLock settling = new ReentrantLock();
    private final List<String> findings;
    private volatile Running running;
    private volatile RegisterState kept;
    private volatile String trouble = "";
    private volatile long settled;

    /** What a node runs. */
    private record Running(RegisterState state, CatalogSnapshot snapshot, QueryPlans plans) {
        CatalogBytes catalog() {
            return state.catalog();
        }
    }

    /** What this node said to a proposed catalog. */
    private record Prepared(int attempt, CatalogBytes catalog, NodeOutcome outcome) {}

    /**
     * @param disk         read at once; run when the cluster has agreed on it
     * @param settleShards brings the shards of this node to {@link #plans}; blocks until that is done
     * @param steps        told when a change passes a step on this node
     */
    public NodeCatalog(
            String node,
            Register register,
            PlanStore store,
            CatalogDisk disk,
            Runnable settleShards,
            Consumer<ChangeStep> steps,
            ChangeLimits limits) {
        this.node = node;
        this.register = register;
        this.store = store;
        this.disk = disk;
        this.settleShards = settleShards;
        this.steps = steps;
        this.limits = limits;
        this.running = new Running(
                RegisterState.EMPTY, CatalogSnapshot.EMPTY, store.plan(CatalogSnapshot.EMPTY, limits.apply()));
        CatalogDisk.Kept onDisk = disk.read();
        this.kept = onDisk.state();
        this.findings = onDisk.findings();
        findings.forEach(finding -> LOG.error(
                "{}. Goes on with revision {}", finding, kept.catalog().revision()));
    }

    public CatalogSnapshot current() {
        return running.snapshot();
    }

    public QueryPlans plans() {
        return running.plans();
    }

    /** What this node runs, as bytes with their hash. */
    public CatalogBytes bytes() {
        return running.catalog();
    }

    /** What this node runs, with how the latest changes had ended by then. */
    RegisterState state() {
        return running.state();
    }

    /** What is on this node's disk. */
    RegisterState kept() {
        return kept;
    }

    /** Files of the catalog that were found damaged when this node started. */
    public List<String> findings() {
        return findings;
    }

    /** Why this node does not run or keep what is in force; empty if it does. */
    public String trouble() {
        return trouble;
    }

    /** This node's own snapshot if it is the same, since that is decoded already. */
    CatalogSnapshot snapshotOf(CatalogBytes catalog) {
        Running now = running;
        return now.catalog().hash().equals(catalog.hash()) ? now.snapshot() : catalog.snapshot();
    }

    /** True while the shards of this node are being brought to what it runs, and nothing hinders them. */
    boolean settles() {
        return settled < running.catalog().revision() && trouble.isEmpty();
    }

    /** The queries at a revision or a later one; reads the register if this node is behind. */
    public QueryPlans plansAtLeast(long revision) {
        if (running.catalog().revision() < revision) {
            run(register.read());
        }
        return running.plans();
    }

    /** Runs and keeps what is in force, in all shards. Does nothing more if that is so already. */
    void follow(RegisterState latest) {
        try {
            run(latest);
            settle();
            keep();
            trouble = "";
        } catch (RuntimeException e) {
            trouble("catalog revision " + latest.catalog().revision() + " cannot be run here: " + e, e);
            throw e;
        } catch (IOException e) {
            trouble("catalog revision " + latest.catalog().revision() + " is not on disk: " + e, e);
        }
    }

    /** Told once: it is tried again and again for as long as it lasts. */
    private void trouble(String text, Exception cause) {
        if (!text.equals(trouble)) {
            LOG.error("Tries again: {}", text, cause);
        }
        trouble = text;
    }

    private void run(RegisterState state) {
        CatalogBytes latest = state.catalog();
        switching.lock();
        try {
            if (!state.newerThan(running.state())) {
                return;
            }
            steps.accept(ChangeStep.APPLYING);
            QueryPlans plans = store.plan(latest.snapshot(), limits.apply());
            storeIfPossible(state);
            running = new Running(state, latest.snapshot(), plans);
            LOG.info("Runs catalog revision {} hash={}", latest.revision(), latest.hash());
        } finally {
            switching.unlock();
        }
        synchronized (prepared) {
            prepared.values().removeIf(one -> one.catalog().revision() <= latest.revision());
        }
    }

    /** On disk before it runs: what had an effect is not forgotten. A disk that fails does not stop the node, though. */
    private void storeIfPossible(RegisterState latest) {
        try {
            disk.store(latest);
            kept = latest;
        } catch (IOException e) {
            // Whether it is trouble, keep() says, which follows.
            LOG.debug(
                    "Expected to store catalog revision {}, but could not; tries again",
                    latest.catalog().revision(),
                    e);
        }
    }

    private void keep() throws IOException {
        switching.lock();
        try {
            RegisterState now = running.state();
            if (kept.era() != now.era()
                    || !kept.catalog().hash().equals(now.catalog().hash())) {
                disk.store(now);
                kept = now;
            }
        } finally {
            switching.unlock();
        }
    }

    private void settle() {
        settling.lock();
        try {
            long revision = running.catalog().revision();
            if (settled < revision) {
                settleShards.run();
                settled = revision;
            }
        } finally {
            settling.unlock();
        }
    }

    /** The proposed catalog of a change that this node could run; empty if it was not asked, or could not. */
    Optional<CatalogBytes> findPrepared(OpenChange change) {
        synchronized (prepared) {
            return Optional.ofNullable(prepared.get(change.id()))
                    .filter(one ->
                            one.attempt() == change.attempt() && one.outcome().state() == NodeState.PREPARED)
                    .map(Prepared::catalog);
        }
    }

    /** Answers a question of a node, this one included. Never throws. */
    public Answer answer(Question question) {
        return switch (question.kind()) {
            case PREPARE -> prepare(question);
            case PREPARED -> said(question);
            case APPLY -> apply(question.revision());
            case KEPT -> of(NodeOutcome.of(node, NodeState.APPLIED), kept);
        };
    }

    private static Answer of(NodeOutcome outcome, RegisterState about) {
        return new Answer(
                outcome,
                about.era(),
                about.catalog().revision(),
                about.catalog().hash());
    }

    private Answer of(NodeOutcome outcome) {
        return of(outcome, running.state());
    }

    /** An attempt of 0 only warms up: what has to be compiled is compiled, and nothing is deployed. */
    private Answer prepare(Question question) {
        boolean inEarnest = question.attempt() > 0;
        if (inEarnest) {
            steps.accept(ChangeStep.PREPARING);
        }
        byte[] bytes = question.catalog();
        CatalogBytes next = CatalogBytes.of(question.revision(), bytes == null ? new byte[0] : bytes);
        NodeOutcome outcome = tryOut(next, inEarnest);
        if (inEarnest) {
            synchronized (prepared) {
                prepared.remove(question.change());
                prepared.put(question.change(), new Prepared(question.attempt(), next, outcome));
                if (prepared.size() > MOST_PREPARED) {
                    prepared.remove(prepared.keySet().iterator().next());
                }
            }
            steps.accept(ChangeStep.PREPARED);
        }
        return of(outcome);
    }

    private NodeOutcome tryOut(CatalogBytes next, boolean deployed) {
        try {
            QueryPlans plans = store.plan(next.snapshot(), limits.prepare());
            if (deployed) {
                plans.queries()
                        .values()
                        .forEach(plan -> deploy(plan, running.plans().queries().get(plan.name())));
            }
            return NodeOutcome.of(node, NodeState.PREPARED);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("Expected to be able to run catalog revision {}, but could not", next.revision(), e);
            return NodeOutcome.failed(node, e);
        }
    }

    /** Opens what is new in an engine of its own, and throws it away. */
    private static void deploy(QueryPlan plan, @Nullable QueryPlan old) {
        if (old != null && old.runsLike(plan)) {
            return;
        }
        Set<QueryInstance> known =
                old != null && old.compiled() == plan.compiled() ? new HashSet<>(old.instances()) : Set.of();
        List<QueryInstance> fresh = new ArrayList<>();
        for (QueryInstance instance : plan.instances()) {
            if (fresh.size() < MOST_TRIED && !known.contains(instance)) {
                fresh.add(instance);
            }
        }
        if (!fresh.isEmpty()) {
            plan.compiled().open(fresh, 0).close();
        }
    }

    private Answer said(Question question) {
        synchronized (prepared) {
            Prepared said = prepared.get(question.change());
            return of(
                    said != null && said.attempt() == question.attempt()
                            ? said.outcome()
                            : NodeOutcome.of(node, NodeState.UNKNOWN));
        }
    }

    private Answer apply(long revision) {
        try {
            RegisterState latest = running.state();
            if (latest.catalog().revision() < revision) {
                latest = register.read();
            }
            follow(latest);
        } catch (RuntimeException e) {
            LOG.warn("Expected to run catalog revision {}, but could not; tries again: {}", revision, e.toString());
            return of(NodeOutcome.failed(node, e));
        }
        if (!trouble.isEmpty()) {
            return of(new NodeOutcome(node, NodeState.FAILED, IOException.class.getName(), trouble));
        }
        if (bytes().revision() < revision) {
            return of(new NodeOutcome(
                    node,
                    NodeState.FAILED,
                    IllegalStateException.class.getName(),
                    "Expected revision " + revision + " in the grid, but it has " + bytes().revision()));
        }
        return of(NodeOutcome.of(node, NodeState.APPLIED));
    }
}
