// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.Fault;
import java.util.List;

/** A kind of jobs; as {@link TaskKind}, but {@link #run} comes to an end, and may leave a result. */
public interface JobKind {
    /** As documents name it. */
    String name();

    /** What is wrong with settings; empty if nothing. Does not look at the world: other nodes run it. */
    List<Fault> check(JsonNode settings);

    /**
     * Does it, and returns when it is done. On a thread of its own, which may block and is interrupted when it is to stop.
     *
     * @throws Exception after which it is begun again from its last checkpoint, as often as the job allows
     */
    void run(JobContext context) throws Exception;
}
