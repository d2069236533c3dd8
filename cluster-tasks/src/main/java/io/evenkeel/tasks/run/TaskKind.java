// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.Fault;
import java.util.List;

/**
 * A kind of tasks. One object serves all tasks of the kind on a node, at the same time.
 *
 * <p>What it does outside the grid must bear repetition: a node dies between an effect and the checkpoint after it, and the
 * next one does it again.
 */
public interface TaskKind {
    /** As documents name it. */
    String name();

    /** What is wrong with settings; empty if nothing. Does not look at the world: other nodes run it. */
    List<Fault> check(JsonNode settings);

    /**
     * Does it, until it is stopped. On a thread of its own, which may block and is interrupted when it is to stop.
     *
     * @throws Exception after which it is begun again from its last checkpoint, ever more seldom
     */
    void run(TaskContext context) throws Exception;
}
