// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.TaskRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task as it is wanted, and how it stands in each of its places. */
public record TaskView(TaskRecord task, List<Slot> slots) {
    public TaskView {
        slots = List.copyOf(slots);
    }

    /** Of a slot. */
    public enum State {
        /** Its node runs it. */
        RUNNING,
        /** Somebody is about to take it. */
        PENDING,
        /** It stays with a node that is not there. */
        WAITING_FOR_NODE,
        /** No node that serves may take it. */
        NOWHERE,
        /** Somebody paused the task. */
        PAUSED
    }

    /**
     * A place where it runs, or is to run.
     *
     * @param node   that runs it, or that it waits for; empty: none
     * @param reason why it does not run; empty if it does
     * @param run    how far it came; null: nobody has begun yet
     */
    public record Slot(
            String slot,
            State state,
            String node,
            String reason,
            @Nullable Run run) {}
}
