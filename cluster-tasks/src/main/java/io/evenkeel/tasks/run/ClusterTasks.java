// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.tasks.assign.Placement;
import io.evenkeel.tasks.assign.Topology;
import io.evenkeel.tasks.record.JobRecord;
import io.evenkeel.tasks.record.Presence;
import io.evenkeel.tasks.record.RecordCodec;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.RunState;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskRecord;
import io.evenkeel.tasks.record.TaskStore;
import io.evenkeel.tasks.record.TasksUnavailableException;
import io.evenkeel.tasks.run.TaskConflictException.Kind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tasks and jobs of the cluster, as anybody sees and changes them on any node. For any thread; calls ask the grid.
 *
 * <p>A change that has returned is kept with its copies. What follows from it (that a node begins or stops something)
 * follows soon after. All throw {@link io.evenkeel.tasks.record.TasksUnavailableException} if the cluster cannot answer,
 * and {@link TaskConflictException} if there is no such thing.
 */
public final class ClusterTasks {
    private final TaskStore store;
    private final Kinds kinds;
    private final TaskRunner runner;
    private final Clock clock;
    private final BooleanSupplier copied;
    private final Consumer<Enum<?>> steps;
    private final Subscriptions subscriptions;

    /** @param copied true if the grid has all copies of what it holds */
    public ClusterTasks(
            TaskStore store,
            Kinds kinds,
            TaskRunner runner,
            Clock clock,
            BooleanSupplier copied,
            Consumer<Enum<?>> steps) {
        this.store = store;
        this.kinds = kinds;
        this.runner = runner;
        this.clock = clock;
        this.copied = copied;
        this.steps = steps;
        this.subscriptions = new Subscriptions(store, kinds, clock, this::kept);
    }

    // ---- tasks

    /**
     * Create or replace. What it has done so far is kept; it goes on with the new settings.
     *
     * @param precondition judges the one that is there, null if there is none; throws if it must not be replaced
     * @param request      id of the request: repeated, it is done once
     * @return true if it was not there before
     * @throws io.evenkeel.query.DefinitionRefusedException with every fault
     */
    public boolean put(String name, JsonNode document, Consumer<@Nullable TaskRecord> precondition, String request) {
        TaskDocument.OfTask read = TaskDocument.task(name, document, kinds);
        return kept(() -> put(name, read, precondition, request));
    }

    private boolean put(
            String name, TaskDocument.OfTask read, Consumer<@Nullable TaskRecord> precondition, String request) {
        while (true) {
            Stored stored = store.read(TaskRecord.keyOf(name)).orElse(null);
            TaskRecord before = stored == null ? null : RecordCodec.decode(stored.bytes(), TaskRecord.class);
            TaskRecord live = before == null || before.deleted() ? null : before;
            if (live != null && live.by().equals(request)) {
                return live.revision() == 1;
            }
            precondition.accept(live);
            long now = clock.millis();
            TaskRecord next = new TaskRecord(
                    name,
                    read.kind(),
                    read.placement(),
                    read.settings(),
                    read.failover(),
                    live == null ? null : live.pin(),
                    live != null && live.paused(),
                    false,
                    live == null ? Math.max(now, before == null ? 0 : before.born() + 1) : live.born(),
                    live == null ? 1 : live.revision() + 1,
                    now,
                    request);
            if (swap(TaskRecord.keyOf(name), stored, next)) {
                return live == null;
            }
        }
    }

    /** Those tasks that readers take. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    private boolean isSubscription(TaskRecord task) {
        return kinds.subscriptions().containsKey(task.kind());
    }

    /** Stays with this node from now on. */
    public TaskRecord pin(String name, String node) {
        return change(name, task -> {
            if (isSubscription(task)) {
                throw new TaskConflictException(
                        Kind.STATE, "Expected a task that can be pinned, but " + name + " is read on any node.");
            }
            if (task.placement().shape() == Placement.Shape.EACH_NODE) {
                throw new TaskConflictException(
                        Kind.STATE, "Expected a task that can be pinned, but " + name + " runs on each node.");
            }
            if (store.read(Presence.keyOf(node)).isEmpty()) {
                throw new TaskConflictException(
                        Kind.STATE,
                        "Expected the name of a node that is here or was, but there never was one named " + node + ".");
            }
            return task.withPin(node);
        });
    }

    public TaskRecord unpin(String name) {
        return change(name, task -> task.withPin(null));
    }

    /** Nobody runs it any more; what it has done is kept. */
    public TaskRecord pause(String name) {
        return change(name, task -> task.withPaused(true));
    }

    public TaskRecord resume(String name) {
        return change(name, task -> task.withPaused(false));
    }

    /** @param precondition as with {@link #put} */
    public void delete(String name, Consumer<@Nullable TaskRecord> precondition) {
        change(name, task -> {
            precondition.accept(task);
            return task.asDeleted();
        });
    }

    private TaskRecord change(String name, UnaryOperator<TaskRecord> to) {
        return kept(() -> changed(name, to));
    }

    private TaskRecord changed(String name, UnaryOperator<TaskRecord> to) {
        while (true) {
            Stored stored = store.read(TaskRecord.keyOf(name)).orElse(null);
            TaskRecord before = stored == null ? null : RecordCodec.decode(stored.bytes(), TaskRecord.class);
            if (before == null || before.deleted()) {
                throw new TaskConflictException(Kind.MISSING, "Expected task " + name + " to exist, but it does not.");
            }
            TaskRecord next = to.apply(before);
            if (next.equals(before)) {
                return before;
            }
            next = next.next(clock.millis(), before.by());
            if (swap(TaskRecord.keyOf(name), stored, next)) {
                return next;
            }
        }
    }

    public Optional<TaskView> findTask(String name) {
        return tasks(task -> task.name().equals(name)).stream().findFirst();
    }

    /** In the order of their names. */
    public List<TaskView> tasks() {
        return tasks(task -> true);
    }

    private List<TaskView> tasks(Predicate<TaskRecord> which) {
        SortedMap<String, Run> runs = new TreeMap<>();
        store.all(Run.taskPrefix())
                .forEach((key, value) -> runs.put(key, RecordCodec.decode(value.bytes(), Run.class)));
        List<TaskView> views = new ArrayList<>();
        for (Stored value : store.all(TaskRecord.prefix()).values()) {
            TaskRecord task = RecordCodec.decode(value.bytes(), TaskRecord.class);
            if (!task.deleted() && which.test(task)) {
                views.add(view(task, runs));
            }
        }
        views.sort(Comparator.comparing(view -> view.task().name()));
        return views;
    }

    private TaskView view(TaskRecord task, SortedMap<String, Run> runs) {
        if (isSubscription(task)) {
            return new TaskView(task, List.of(readSlot(task, runs.get(Run.keyOfTask(task.name(), "0")))));
        }
        Topology topology = runner.seen();
        if (topology == null) {
            return new TaskView(task, List.of());
        }
        long waitMs = runner.settings().redistributeAfter().toMillis();
        return new TaskView(
                task,
                Wanted.of(task, runs, topology, waitMs).stream()
                        .map(wanted -> slot(task, wanted, runs.get(wanted.key())))
                        .toList());
    }

    private static TaskView.Slot readSlot(TaskRecord task, @Nullable Run stored) {
        Run run = stored == null || stored.born() != task.born() ? null : stored;
        return task.paused()
                ? new TaskView.Slot("0", TaskView.State.PAUSED, "", "it is paused", run)
                : new TaskView.Slot(
                        "0",
                        run == null ? TaskView.State.PENDING : TaskView.State.RUNNING,
                        "",
                        run == null ? "no reader has taken it yet" : "",
                        run);
    }

    private static TaskView.Slot slot(TaskRecord task, Wanted wanted, @Nullable Run stored) {
        Run run = stored == null || stored.born() != task.born() ? null : stored;
        if (task.paused()) {
            return new TaskView.Slot(wanted.slot(), TaskView.State.PAUSED, "", "it is paused", run);
        }
        return wanted.place()
                .fold(
                        on -> {
                            boolean begun =
                                    run != null && run.node().equals(on.node()) && run.state() == RunState.RUNNING;
                            return begun
                                    ? new TaskView.Slot(wanted.slot(), TaskView.State.RUNNING, on.node(), "", run)
                                    : new TaskView.Slot(
                                            wanted.slot(),
                                            TaskView.State.PENDING,
                                            on.node(),
                                            "it is about to begin",
                                            run);
                        },
                        waiting -> new TaskView.Slot(
                                wanted.slot(),
                                TaskView.State.WAITING_FOR_NODE,
                                waiting.node(),
                                "it stays with node " + waiting.node() + ", which does not serve",
                                run),
                        nowhere -> new TaskView.Slot(wanted.slot(), TaskView.State.NOWHERE, "", nowhere.reason(), run));
    }

    // ---- jobs

    /**
     * Submit a job. When this returns it is kept with its copies, and will come to an end.
     *
     * @param id of the job; the same id with the same document again is the same job
     * @throws io.evenkeel.query.DefinitionRefusedException with every fault
     */
    public JobView submit(String id, JsonNode document) {
        TaskDocument.OfJob read = TaskDocument.job(document, kinds);
        return kept(() -> submit(id, read));
    }

    private JobView submit(String id, TaskDocument.OfJob read) {
        long now = clock.millis();
        JobRecord job =
                new JobRecord(id, read.kind(), read.settings(), read.key(), read.attempts(), false, 1, now, now);
        while (!swap(JobRecord.keyOf(id), null, job)) {
            Optional<JobView> there = findJob(id);
            if (there.isPresent()) {
                JobRecord known = there.get().job();
                // As it comes back from there: a number is a number, whoever read it.
                job = RecordCodec.decode(RecordCodec.encode(job), JobRecord.class);
                if (!known.kind().equals(job.kind()) || !known.settings().equals(job.settings())) {
                    throw new TaskConflictException(
                            Kind.REUSED, "Expected a key of this job's own, but another job was submitted with it.");
                }
                return there.get();
            }
        }
        steps.accept(RunStep.SUBMITTED);
        return JobView.of(job, null);
    }

    public Optional<JobView> findJob(String id) {
        return store.read(JobRecord.keyOf(id)).map(value -> view(RecordCodec.decode(value.bytes(), JobRecord.class)));
    }

    /** The newest first. */
    public List<JobView> jobs() {
        Map<String, Stored> runs = store.all(Run.jobPrefix());
        List<JobView> views = new ArrayList<>();
        store.all(JobRecord.prefix()).values().forEach(value -> {
            JobRecord job = RecordCodec.decode(value.bytes(), JobRecord.class);
            Stored run = runs.get(Run.keyOfJob(job.id()));
            views.add(JobView.of(job, run == null ? null : RecordCodec.decode(run.bytes(), Run.class)));
        });
        views.sort(Comparator.comparingLong((JobView view) -> view.job().submittedMs())
                .reversed()
                .thenComparing(view -> view.job().id()));
        return views;
    }

    /** It is to end; one that has ended stays as it is. */
    public JobView cancel(String id) {
        return changeJob(id, view -> view.ended() ? view.job() : view.job().asCancelled(clock.millis()));
    }

    /** A job that failed or was cancelled may fail as often again, and goes on at its last checkpoint. */
    public JobView retry(String id) {
        return changeJob(id, view -> {
            Run run = view.run();
            if (!view.ended() || view.state() == JobView.State.DONE || run == null) {
                throw new TaskConflictException(
                        Kind.STATE, "Expected a job that failed or was cancelled, but it is " + view.state() + ".");
            }
            return view.job()
                    .withAttempts(run.failures() + Math.max(1, view.job().attempts()), clock.millis());
        });
    }

    private JobView changeJob(String id, Function<JobView, JobRecord> to) {
        return kept(() -> changedJob(id, to));
    }

    private JobView changedJob(String id, Function<JobView, JobRecord> to) {
        while (true) {
            Stored stored = store.read(JobRecord.keyOf(id))
                    .orElseThrow(() -> new TaskConflictException(
                            Kind.MISSING, "Expected job " + id + " to exist, but it does not."));
            JobView before = view(RecordCodec.decode(stored.bytes(), JobRecord.class));
            JobRecord next = to.apply(before);
            if (next.equals(before.job()) || swap(JobRecord.keyOf(id), stored, next)) {
                return JobView.of(next, before.run());
            }
        }
    }

    private JobView view(JobRecord job) {
        return JobView.of(
                job,
                store.read(Run.keyOfJob(job.id()))
                        .map(run -> RecordCodec.decode(run.bytes(), Run.class))
                        .orElse(null));
    }

    /**
     * The pieces of a job's result, one after the other, as they are read.
     *
     * @throws TaskConflictException if it is not done, or its result is gone
     */
    public void readResult(String id, Consumer<byte[]> to) {
        JobView view = findJob(id)
                .orElseThrow(() ->
                        new TaskConflictException(Kind.MISSING, "Expected job " + id + " to exist, but it does not."));
        Run run = view.run();
        if (view.state() != JobView.State.DONE || run == null) {
            throw new TaskConflictException(
                    Kind.STATE, "Expected a job that is done, but " + id + " is " + view.state() + ".");
        }
        for (String piece : run.pieces()) {
            to.accept(store.readPiece(piece)
                    .orElseThrow(() -> new TaskConflictException(
                            Kind.MISSING,
                            "Expected the result of job " + id + ", but it is gone: results are kept for a week, in the"
                                    + " memory of the nodes. Submit the job again.")));
        }
    }

    /**
     * A write returns without its backup if the backup's node has just gone. So what was written, or found written, counts
     * only when all copies were there before and after.
     */
    private <T> T kept(Supplier<T> change) {
        requireCopies();
        T done = change.get();
        requireCopies();
        return done;
    }

    private void requireCopies() {
        if (!copied.getAsBoolean()) {
            throw new TasksUnavailableException(
                    "Expected all copies of tasks and jobs to be there, but some are being made, since a node has gone. What"
                            + " was asked may be done; say it again in some seconds.",
                    null);
        }
    }

    private boolean swap(String key, @Nullable Stored before, Record next) {
        long stamp = before == null ? 0 : before.stamp();
        boolean done = store.swap(key, stamp, new Stored(stamp + 1, RecordCodec.encode(next)));
        if (done) {
            runner.wake();
        }
        return done;
    }
}
