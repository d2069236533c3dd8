// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.JobRecord;
import io.evenkeel.tasks.record.Run;
import org.jspecify.annotations.Nullable;

/** A job, and how far it has come. @param run null: nobody has begun yet */
public record JobView(JobRecord job, State state, @Nullable Run run) {
    /** Of a job. */
    public enum State {
        PENDING,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    static JobView of(JobRecord job, @Nullable Run run) {
        if (run == null || run.born() != job.submittedMs()) {
            return new JobView(job, State.PENDING, null);
        }
        State state = switch (run.state()) {
            case RUNNING -> State.RUNNING;
            case RELEASED -> State.PENDING;
            case DONE -> State.DONE;
            // Until somebody takes it again after a retry.
            case FAILED -> run.failures() >= job.attempts() ? State.FAILED : State.PENDING;
            case CANCELLED -> job.cancelled() ? State.CANCELLED : State.PENDING;
        };
        return new JobView(job, state, run);
    }

    /** True if nothing follows, unless somebody asks for a retry. */
    public boolean ended() {
        return state == State.DONE || state == State.FAILED || state == State.CANCELLED;
    }
}
