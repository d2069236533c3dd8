// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.Stored;
import java.io.IOException;
import java.util.Map;

/** Where a node keeps what it knows of tasks and jobs, for the time after the end of all nodes. For one thread at a time. */
public interface TaskDisk {
    /** What is on the disk, by key; empty if there is nothing, or nothing that can be read. */
    Map<String, Stored> read();

    /** Keep this in place of what is there. It is on the disk when this returns. */
    void store(Map<String, Stored> values) throws IOException;
}
