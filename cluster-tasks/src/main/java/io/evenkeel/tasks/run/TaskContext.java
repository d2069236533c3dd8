// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a running task has to do with the cluster. For the thread that runs it. */
public interface TaskContext {
    /** Of the task, or the id of the job. */
    String name();

    /** As its kind has checked them. */
    JsonNode settings();

    /** How far it came, on whatever node; null: it begins at the beginning. */
    @Nullable
    JsonNode checkpoint();

    /**
     * Keeps how far it has come, in the grid. When this returns, whoever takes over begins there.
     *
     * @param done  in what the kind counts
     * @param total of how much; 0: not known
     * @throws StoppedException if another node has taken over: nothing was kept
     */
    void checkpoint(JsonNode reached, long done, long total) throws StoppedException, InterruptedException;

    /**
     * Returns when it is certain that this node is the one that does it: at once, or when the grid answers again. Ask
     * before each effect.
     */
    void requireHere() throws StoppedException, InterruptedException;

    /** Waits, or ends when it is to stop. */
    void pause(Duration length) throws StoppedException, InterruptedException;
}
