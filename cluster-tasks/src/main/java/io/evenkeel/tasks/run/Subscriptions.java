// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.evenkeel.tasks.record.RecordCodec;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskRecord;
import io.evenkeel.tasks.record.TaskStore;
import io.evenkeel.tasks.run.TaskConflictException.Kind;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tasks of a {@link SubscriptionKind}: who reads one, and how far it was acknowledged. A reader is known by the fence that
 * it got when it took the subscription; whoever takes it next has the next one, on whatever node. For any thread; calls ask
 * the grid.
 */
public final class Subscriptions {
    private static final String SLOT = "0";
    private static final String POSITION = "position";

    private final TaskStore store;
    private final Kinds kinds;
    private final Clock clock;
    private final Keeping keeping;

    /** Makes a change, and returns when it is certain that all copies have it. */
    interface Keeping {
        <T> T kept(Supplier<T> change);
    }

    Subscriptions(TaskStore store, Kinds kinds, Clock clock, Keeping keeping) {
        this.store = store;
        this.kinds = kinds;
        this.clock = clock;
        this.keeping = keeping;
    }

    /**
     * A subscription in the hands of a reader.
     *
     * @param task     as it is wanted
     * @param position that was acknowledged last; empty: none was
     */
    public record Taken(TaskRecord task, long fence, Optional<String> position) {}

    /**
     * Gives it to a new reader: who had it before is refused from now on.
     *
     * @throws TaskConflictException if there is no such subscription, or it is paused
     */
    public Taken take(String name) {
        return keeping.kept(() -> taken(name));
    }

    private Taken taken(String name) {
        while (true) {
            TaskRecord task = task(name);
            if (task.paused()) {
                throw new TaskConflictException(
                        Kind.STATE, "Expected a subscription to be read, but " + name + " is paused. Resume it.");
            }
            Stored stored = stored(name).orElse(null);
            long now = clock.millis();
            Run before = stored == null ? Run.unbegun(name, SLOT, task.born(), now) : run(stored);
            Run next = (before.born() == task.born() ? before : before.anew(task.born(), now)).takenBy("", "", now);
            Stored taken = new Stored(Stored.stampOf(next.fence()), RecordCodec.encode(next));
            if (store.swap(Run.keyOfTask(name, SLOT), stored == null ? 0 : stored.stamp(), taken)) {
                return taken(task, next);
            }
        }
    }

    /**
     * As it is in the hands of its reader.
     *
     * @throws TaskConflictException if another reader has taken it, or it is paused, or gone
     */
    public Taken require(String name, long fence) {
        TaskRecord task = task(name);
        return taken(task, required(task, fence, stored(name).map(Subscriptions::run)));
    }

    /**
     * Keeps how far its reader is: whoever takes it next begins behind this. When it returns, all copies have it.
     *
     * @throws TaskConflictException as with {@link #require}; nothing was kept
     */
    public void acknowledge(String name, long fence, String position) {
        keeping.kept(() -> acknowledged(name, fence, position));
    }

    private long acknowledged(String name, long fence, String position) {
        while (true) {
            TaskRecord task = task(name);
            Optional<Stored> stored = stored(name);
            Run run = required(task, fence, stored.map(Subscriptions::run));
            Run next = run.at(
                    JsonNodeFactory.instance.objectNode().put(POSITION, position),
                    run.done() + 1,
                    0,
                    run.pieces(),
                    clock.millis());
            long stamp = stored.map(Stored::stamp).orElse(0L);
            if (store.swap(Run.keyOfTask(name, SLOT), stamp, new Stored(stamp + 1, RecordCodec.encode(next)))) {
                return fence;
            }
        }
    }

    private static Run required(TaskRecord task, long fence, Optional<Run> run) {
        return run.filter(present -> present.fence() == fence && present.born() == task.born() && !task.paused())
                .orElseThrow(() -> new TaskConflictException(
                        Kind.STATE,
                        "Expected the reader of subscription " + task.name() + ", but "
                                + (task.paused()
                                        ? "it is paused."
                                        : "another one has taken it. yours=" + fence + " current="
                                                + run.map(Run::fence).orElse(0L))));
    }

    private static Taken taken(TaskRecord task, Run run) {
        String position =
                run.checkpoint() == null ? "" : run.checkpoint().path(POSITION).asText();
        return new Taken(task, run.fence(), Optional.of(position).filter(text -> !text.isEmpty()));
    }

    private TaskRecord task(String name) {
        return store.read(TaskRecord.keyOf(name))
                .map(stored -> RecordCodec.decode(stored.bytes(), TaskRecord.class))
                .filter(task -> !task.deleted() && kinds.subscriptions().containsKey(task.kind()))
                .orElseThrow(() -> new TaskConflictException(
                        Kind.MISSING, "Expected subscription " + name + " to exist, but it does not."));
    }

    private Optional<Stored> stored(String name) {
        return store.read(Run.keyOfTask(name, SLOT));
    }

    private static Run run(Stored stored) {
        return RecordCodec.decode(stored.bytes(), Run.class);
    }
}
