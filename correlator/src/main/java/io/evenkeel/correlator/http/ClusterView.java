// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.guarantee.Weakness;
import java.util.List;

/** The cluster as this node sees it. For any thread; local and quick. */
public interface ClusterView {
    ClusterStatus status();

    /** True if this node takes its part: it is a member, the catalog is loaded, and the cluster may commit. */
    boolean ready();

    /** What is outside the guarantee of a query in force, on this node. */
    default List<Weakness> weaknesses(String query) {
        return List.of();
    }

    /** What an instance threw, in all shards, by shard and key. Asks all nodes. */
    default List<InstanceTrouble> troubles(String query, String instance) {
        return List.of();
    }

    /**
     * Sends an order about an instance to a shard. Returns before it is obeyed: {@link #troubles} shows that.
     *
     * @param order RETRY, SKIP or QUARANTINE
     */
    default void order(int shard, String query, String instance, String key, String order) {
        throw new UnsupportedOperationException("Expected a node of a cluster to take an order");
    }
}
