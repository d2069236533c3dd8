// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

/** What a running job has to do with the cluster. For the thread that runs it. */
public interface JobContext extends TaskContext {
    /**
     * Adds a line to the result. It counts with the next checkpoint, or when the job is done: who begins again at a
     * checkpoint finds the result as it was then.
     *
     * @throws ResultTooLargeException if all of it is more than the grid keeps
     */
    void result(String line) throws StoppedException, InterruptedException;

    /** Tells how far it has come, without a checkpoint: whoever begins again begins where the last one was kept. */
    void progress(long done, long total) throws StoppedException, InterruptedException;
}
