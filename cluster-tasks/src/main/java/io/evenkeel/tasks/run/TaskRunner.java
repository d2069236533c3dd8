// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.assign.Topology;
import io.evenkeel.tasks.record.RecordCodec;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.RunState;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskStore;
import io.evenkeel.tasks.record.TasksUnavailableException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part: looks at the cluster again and again, begins what it is responsible for, stops what it is not.
 *
 * <p><b>Threads.</b> One that looks; one for each task that it runs. {@link #start} and {@link #close} are called once.
 */
public final class TaskRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
    private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final TaskStore store;
    private final Members members;
    private final Kinds kinds;
    private final RunnerSettings settings;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Consumer<Enum<?>> steps;
    private final Presences presences;
    private final KeptOnDisk kept;
    private final Certainty certainty;
    private final Map<String, Running> running = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable Topology seen;
    private long lookedNanos;

    public TaskRunner(
            TaskStore store,
            Members members,
            Kinds kinds,
            TaskDisk disk,
            RunnerSettings settings,
            Clock clock,
            LongSupplier nanoTime,
            Consumer<Enum<?>> steps) {
        this.store = store;
        this.members = members;
        this.kinds = kinds;
        this.settings = settings;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.steps = steps;
        this.presences = new Presences(store, members, settings, clock, nanoTime);
        this.kept = new KeptOnDisk(store, disk);
        this.certainty = new Certainty(nanoTime, settings.sure().toNanos());
        this.lookedNanos = nanoTime.getAsLong();
        this.thread = new Thread(this::live, "evenkeel-tasks");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void live() {
        while (!stopping) {
            step();
            lock.lock();
            try {
                if (!stopping) {
                    // Woken or not, it looks again.
                    boolean unused = woken.await(settings.look().toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                return;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lets it look at once. */
    void wake() {
        lock.lock();
        try {
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Who was there when it looked last; null: it has not been able to. */
    public @Nullable Topology seen() {
        return seen;
    }

    RunnerSettings settings() {
        return settings;
    }

    /** One look, and what follows from it. Blocks as long as the grid does. */
    void step() {
        long begun = nanoTime.getAsLong();
        if (begun - lookedNanos > settings.sure().toNanos()) {
            LOG.info(
                    "Looks again after {} ms: this node was busy, frozen or cut off",
                    (begun - lookedNanos) / 1_000_000);
            presences.forgetBeats();
        }
        lookedNanos = begun;
        try {
            if (members.all().size() < settings.minimum()) {
                stopAll("fewer than cluster.minimum=" + settings.minimum() + " nodes are here");
                return;
            }
            Map<String, Stored> values = store.all("");
            if (kept.bringBack(values, forgottenBefore())) {
                values = store.all("");
            }
            Topology topology = presences.step(values, stopping);
            seen = topology;
            evaluate(StoredRecords.of(values), topology);
            kept.keep(values);
            certainty.confirm(begun);
        } catch (TasksUnavailableException e) {
            LOG.debug("The grid does not answer about tasks", e);
        } catch (RuntimeException e) {
            LOG.error("Expected to look at the tasks of the cluster, but failed; looks again", e);
        }
    }

    private void evaluate(StoredRecords records, Topology topology) {
        SortedMap<String, Run> runs = records.runs();
        List<Wanted> mine = stopping
                ? List.of()
                : wanted(records, topology).stream()
                        .filter(wanted -> wanted.place().isOn(members.self().name()))
                        .filter(wanted -> !isSettled(wanted, runs.get(wanted.key())))
                        .toList();
        Map<String, Wanted> byKey = mine.stream().collect(Collectors.toMap(Wanted::key, wanted -> wanted));
        stopOthers(byKey, runs);
        release(runs);
        releaseForgotten(byKey.keySet(), records);
        Set<String> here = members.all().stream().map(Members.NodeRef::id).collect(Collectors.toSet());
        for (Wanted wanted : mine) {
            if (!running.containsKey(wanted.key())) {
                take(wanted, runs.get(wanted.key()), records.values().get(wanted.key()), here);
            }
        }
        forgetOld(records);
    }

    private static boolean isSettled(Wanted wanted, @Nullable Run run) {
        return run != null && wanted.settled(run);
    }

    private List<Wanted> wanted(StoredRecords records, Topology topology) {
        List<Wanted> all = new ArrayList<>();
        records.tasks().values().stream()
                .filter(task -> !task.deleted() && !task.paused())
                .filter(task -> !kinds.subscriptions().containsKey(task.kind()))
                .forEach(task -> all.addAll(Wanted.of(
                        task,
                        records.runs(),
                        topology,
                        settings.redistributeAfter().toMillis())));
        records.jobs().values().forEach(job -> all.add(Wanted.of(job, topology)));
        return all;
    }

    private void stopOthers(Map<String, Wanted> mine, SortedMap<String, Run> runs) {
        running.forEach((key, here) -> {
            Wanted wanted = mine.get(key);
            Run there = runs.get(key);
            boolean taken = there != null
                    && (there.fence() > here.run().fence()
                            || !there.member().equals(members.self().id()));
            boolean changed = wanted != null
                    && (wanted.born() != here.run().born() || !wanted.settings().equals(here.settings()));
            if ((wanted == null || wanted.cancel() || taken || changed) && !here.stopping()) {
                if (taken) {
                    LOG.warn("Stops {}: another node took it over while this one was away", key);
                } else {
                    LOG.info("Stops {}", key);
                }
                here.stop();
            }
        });
    }

    private void stopAll(String reason) {
        running.values().stream().filter(here -> !here.stopping()).forEach(here -> {
            LOG.warn("Stops {}: {}", here.run().of(), reason);
            here.stop();
        });
    }

    /** What has ended here, so that others need not wait for the end of this node. */
    private void release(SortedMap<String, Run> runs) {
        List<String> ended = running.entrySet().stream()
                .filter(entry -> !entry.getValue().alive())
                .map(Map.Entry::getKey)
                .toList();
        for (String key : ended) {
            Running here = running.get(key);
            if (here != null && here.run().state() == RunState.RUNNING) {
                Run released = here.run().in(RunState.RELEASED, clock.millis());
                if (store.swap(key, here.stamp(), new Stored(here.stamp() + 1, RecordCodec.encode(released)))) {
                    LOG.info("Released {}", key);
                }
            }
            running.remove(key);
            // What was read of it before is not so any more: it is looked at again next time.
            runs.remove(key);
        }
    }

    /**
     * What the cluster says this node runs, and it does not: it was stopped in the midst of a write whose outcome it never
     * learned, or the cluster was given an older value back. Others would wait for this node for ever.
     */
    private void releaseForgotten(Set<String> mine, StoredRecords records) {
        String self = members.self().id();
        records.runs().forEach((key, run) -> {
            Stored stored = records.values().get(key);
            if (stored != null
                    && run.state() == RunState.RUNNING
                    && run.member().equals(self)
                    && !running.containsKey(key)
                    && !mine.contains(key)) {
                Run released = run.in(RunState.RELEASED, clock.millis());
                if (store.swap(key, stored.stamp(), new Stored(stored.stamp() + 1, RecordCodec.encode(released)))) {
                    LOG.info("Released {}, which this node was said to run", key);
                }
            }
        });
    }

    private void take(Wanted wanted, @Nullable Run before, @Nullable Stored stored, Set<String> here) {
        if (before == null && stored != null) {
            return;
        }
        long now = clock.millis();
        Members.NodeRef self = members.self();
        Run present = before == null ? Run.unbegun(wanted.of(), wanted.slot(), wanted.born(), now) : before;
        if (present.state() == RunState.RUNNING
                && here.contains(present.member())
                && !present.member().equals(self.id())) {
            return;
        }
        boolean died = present.state() == RunState.RUNNING && !here.contains(present.member());
        Run next = present.born() == wanted.born() ? present : present.anew(wanted.born(), now);
        if (died && next == present) {
            next = next.failed("node " + present.node() + " left while it ran this", now);
        }
        next = next.takenBy(self.name(), self.id(), now);
        if (wanted.cancel()) {
            next = next.in(RunState.CANCELLED, now);
        } else if (wanted.job() && next.failures() >= wanted.attempts()) {
            next = next.in(RunState.FAILED, now);
        }
        Running.@Nullable Work work = workOf(wanted);
        if (work == null) {
            LOG.warn("Expected to know kind {} of {}, but this node does not", wanted.kind(), wanted.of());
            return;
        }
        long expected = stored == null ? 0 : stored.stamp();
        Stored taken = new Stored(Stored.stampOf(next.fence()), RecordCodec.encode(next));
        if (!store.swap(wanted.key(), expected, taken) || next.state() != RunState.RUNNING) {
            return;
        }
        LOG.info("Takes {} fence={} attempt={}", wanted.key(), next.fence(), next.attempt());
        Running runs = new Running(
                wanted.key(), next, wanted.settings(), work, wanted.attempts(), store, certainty, clock, steps);
        running.put(wanted.key(), runs);
        runs.start();
    }

    private Running.@Nullable Work workOf(Wanted wanted) {
        if (wanted.job()) {
            JobKind kind = kinds.jobs().get(wanted.kind());
            return kind == null ? null : kind::run;
        }
        TaskKind kind = kinds.tasks().get(wanted.kind());
        return kind == null ? null : kind::run;
    }

    /** Any node does it, and the first one has. */
    private void forgetOld(StoredRecords records) {
        for (String key : records.endedBefore(forgottenBefore())) {
            Stored value = records.values().get(key);
            if (value != null) {
                store.forget(key, value.stamp());
            }
        }
    }

    private long forgottenBefore() {
        return clock.millis() - settings.keep().toMillis();
    }

    /** Lets go of everything, so that others go on at once, and leaves. Blocks, at most some seconds. */
    @Override
    public void close() {
        stopping = true;
        wake();
        try {
            thread.join(STOP_NANOS / 1_000_000);
            long deadline = nanoTime.getAsLong() + STOP_NANOS;
            stopAll("this node stops");
            do {
                step();
                if (!running.isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            } while (!running.isEmpty() && nanoTime.getAsLong() - deadline < 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
