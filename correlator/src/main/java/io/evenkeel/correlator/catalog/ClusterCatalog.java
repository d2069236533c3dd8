// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalog of the cluster on this node: the parts of the protocol put together, and the one thread that watches.
 *
 * <p>Thread-safe. {@link #start} and {@link #close} are called once each.
 */
public final class ClusterCatalog implements CatalogStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterCatalog.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final Duration START_AGAIN = Duration.ofMillis(100);

    private final NodeCatalog node;
    private final Register register;
    private final PlanStore store;
    private final ChangeLimits limits;
    private final ChangeRunner runner;
    private final CatalogWatch watch;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Thread watcher;
    private volatile boolean stopped;

    /** @param steps told when a change passes a step on this node */
    public ClusterCatalog(
            NodeCatalog node,
            Register register,
            Nodes nodes,
            Safety safety,
            PlanStore store,
            ChangeLimits limits,
            Pace pace,
            Consumer<ChangeStep> steps) {
        this.node = node;
        this.register = register;
        this.store = store;
        this.limits = limits;
        ChangeRounds rounds = new ChangeRounds(nodes, steps);
        ChangeDecider decider = new ChangeDecider(register, safety, pace);
        this.runner = new ChangeRunner(register, store, rounds, decider, safety, pace, limits, steps, node);
        this.watch = new CatalogWatch(node, register, rounds, decider, safety, pace, limits);
        this.watcher = new Thread(this::watch, "evenkeel-catalog");
        this.watcher.setDaemon(true);
    }

    /**
     * Agrees with the others on the catalog, runs it, and keeps this node in step from then on. Blocks until enough nodes
     * are here.
     */
    public void start() throws InterruptedException {
        String told = "";
        while (true) {
            try {
                if (watch.start()) {
                    break;
                }
            } catch (CatalogUnavailableException e) {
                String reason = String.valueOf(e.getMessage());
                if (!reason.equals(told)) {
                    LOG.info("Waits for the catalog: {}", reason);
                    told = reason;
                }
            }
            Thread.sleep(START_AGAIN.toMillis());
        }
        watcher.start();
    }

    private void watch() {
        String told = "";
        while (!stopped) {
            try {
                wakeUps.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                wakeUps.drainPermits();
                watch.look();
                // A look that only waits until the next try says nothing about the last.
                told = node.trouble().isEmpty() ? "" : told;
            } catch (InterruptedException e) {
                return;
            } catch (CatalogUnavailableException e) {
                LOG.info("Looks at the catalog again: {}", e.getMessage());
            } catch (RuntimeException e) {
                if (!stopped && !e.toString().equals(told)) {
                    LOG.warn("Expected to follow the catalog, but could not; looks again", e);
                }
                told = e.toString();
            }
        }
    }

    /** Has the watch look at once: members came or went, or the catalog changed. Returns at once. */
    public void wake() {
        wakeUps.release();
    }

    /** One look, for tests that have no thread. */
    void look() {
        watch.look();
    }

    /** One try to start, for tests that have no thread. */
    boolean tryStart() {
        return watch.start();
    }

    public NodeCatalog node() {
        return node;
    }

    @Override
    public CatalogSnapshot current() {
        return node.current();
    }

    @Override
    public CatalogSnapshot latest() {
        runner.awaitSafe();
        return node.snapshotOf(register.read().catalog());
    }

    @Override
    public ChangeOutcome change(ChangeRequest request) {
        return runner.run(request);
    }

    /** Changes of this node that wait for their turn. */
    int waiting() {
        return runner.waiting();
    }

    /** Several at once, each to be asked for its outcome; for tests that have no threads. */
    List<Supplier<ChangeOutcome>> changeTogether(List<ChangeRequest> requests) {
        return runner.runTogether(requests);
    }

    @Override
    public void check(List<CatalogChange> changes) {
        store.plan(CatalogRules.apply(current(), changes), limits.prepare());
    }

    @Override
    public Optional<ChangeRecord> findChange(String id) {
        RegisterState now = register.read();
        Optional<ChangeRecord> open = now.findOpen(id).flatMap(change -> change.preparing(id));
        if (open.isPresent()) {
            return open;
        }
        Optional<ChangeRecord> kept = register.findKept(id);
        Optional<ChangeRecord> decided = now.findDecided(id);
        // The kept one has what the nodes said after the decision; it may be of an earlier attempt.
        @Nullable ChangeRecord newest = decided.orElse(null);
        return newest == null || kept.isPresent() && kept.get().attempt() >= newest.attempt() ? kept : decided;
    }

    @Override
    public void close() {
        stopped = true;
        watcher.interrupt();
    }
}
