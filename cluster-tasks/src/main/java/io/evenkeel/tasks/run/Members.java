// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import java.util.List;

/** Who is in the grid, as this node sees it. For any thread; does not block. */
public interface Members {
    /** @param id another one after each restart of the node, and after it was removed and came back */
    record NodeRef(String id, String name) {}

    /** This node. */
    NodeRef self();

    /** All, this node among them; none if this node has left. */
    List<NodeRef> all();

    /** The name of each shard's owner, by the shard's number; empty text where there is none. */
    List<String> shardOwners();
}
