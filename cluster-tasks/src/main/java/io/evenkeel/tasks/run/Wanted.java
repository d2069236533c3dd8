// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.runtime.plan.KeyHash;
import io.evenkeel.tasks.assign.Assignable;
import io.evenkeel.tasks.assign.Assignment;
import io.evenkeel.tasks.assign.Place;
import io.evenkeel.tasks.assign.Placement;
import io.evenkeel.tasks.assign.Topology;
import io.evenkeel.tasks.record.JobRecord;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.TaskRecord;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run that somebody is to have: a slot of a task, or a job.
 *
 * @param key      of the run
 * @param attempts of a job; 0: a task
 * @param job      true: of a job's kind
 * @param cancel   true: it is to end
 */
record Wanted(
        String key,
        String of,
        String slot,
        long born,
        String kind,
        JsonNode settings,
        int attempts,
        boolean job,
        boolean cancel,
        Place place) {

    /** The slots of a task. @param runs all runs of all tasks, by key */
    static List<Wanted> of(TaskRecord task, SortedMap<String, Run> runs, Topology topology, long redistributeMs) {
        Assignable assignable = assignable(task, runs, topology, redistributeMs);
        return Assignment.of(assignable, topology).entrySet().stream()
                .map(entry -> new Wanted(
                        Run.keyOfTask(task.name(), entry.getKey()),
                        task.name(),
                        entry.getKey(),
                        task.born(),
                        task.kind(),
                        task.settings(),
                        0,
                        false,
                        false,
                        entry.getValue()))
                .toList();
    }

    private static Assignable assignable(
            TaskRecord task, SortedMap<String, Run> runs, Topology topology, long redistributeMs) {
        Assignable assignable = Assignable.of(task.name(), task.placement())
                .near(shardOf(task.placement().key(), topology));
        String pin = task.pin();
        if (pin != null) {
            assignable = assignable.pinned(pin, redistributeMs);
        }
        if (task.failover()) {
            return assignable;
        }
        SortedMap<String, String> last = new TreeMap<>();
        String prefix = Run.keyOfTask(task.name(), "");
        runs.forEach((key, run) -> {
            if (key.startsWith(prefix)
                    && run.born() == task.born()
                    && !run.node().isEmpty()) {
                last.put(run.slot(), run.node());
            }
        });
        return assignable.stayingWith(last);
    }

    static Wanted of(JobRecord job, Topology topology) {
        Placement placement = job.key().isEmpty() ? Placement.once(Set.of()) : Placement.byKey(job.key());
        Assignable assignable = Assignable.of(job.id(), placement).near(shardOf(job.key(), topology));
        Place place = Assignment.of(assignable, topology).values().iterator().next();
        return new Wanted(
                Run.keyOfJob(job.id()),
                job.id(),
                "0",
                job.submittedMs(),
                job.kind(),
                job.settings(),
                job.attempts(),
                true,
                job.cancelled(),
                place);
    }

    private static int shardOf(List<String> key, Topology topology) {
        return topology.owners().isEmpty()
                ? 0
                : KeyHash.shardOf(key, topology.owners().size());
    }

    /** True if nothing is to be done about it any more. */
    boolean settled(Run run) {
        if (!job || run.born() != born || !run.state().ended()) {
            return false;
        }
        return switch (run.state()) {
            case DONE -> true;
            case FAILED -> cancel || run.failures() >= attempts;
            case CANCELLED -> cancel;
            case RUNNING, RELEASED -> false;
        };
    }
}
