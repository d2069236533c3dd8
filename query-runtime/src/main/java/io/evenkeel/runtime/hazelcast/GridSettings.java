// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A node's place in the grid.
 *
 * @param cluster name; nodes of another name cannot join
 * @param node    name of this node, unique in the cluster
 * @param bind    the one address on which the grid listens
 * @param port    of the grid
 * @param members {@code host:port} of all nodes that may be in the cluster, this one included
 * @param backups copies of each log entry besides the first
 * @param shards  the same on all nodes, for the life of the cluster
 * @param minimum members without which nothing commits; more than half of {@code members}
 * @param compute true if this node may own shards; false: it keeps nothing of the grid, and asks those that do
 * @param receive true if this node takes messages from queues
 * @param feed    the latest matches that are kept for readers; 0: none
 */
public record GridSettings(
        String cluster,
        String node,
        String bind,
        int port,
        List<String> members,
        int backups,
        int shards,
        int minimum,
        boolean compute,
        boolean receive,
        int feed) {
    private static final int DEFAULT_FEED = 10_000;

    public GridSettings {
        requireNonNull(cluster, "cluster");
        requireNonNull(node, "node");
        requireNonNull(bind, "bind");
        members = List.copyOf(members);
        if (minimum * 2 <= members.size()) {
            throw new IllegalArgumentException("Expected minimum to be more than half of the members, so that two parts"
                    + " of a split cluster cannot both commit. minimum=" + minimum + " members=" + members.size());
        }
        if (backups < 0 || backups + 1 > Math.max(1, members.size())) {
            throw new IllegalArgumentException(
                    "Expected one member more than backups. backups=" + backups + " members=" + members.size());
        }
        if (shards < 1) {
            throw new IllegalArgumentException("Expected at least one shard. shards=" + shards);
        }
        if (!compute && !receive) {
            throw new IllegalArgumentException("Expected a node to have a part in the cluster. node=" + node);
        }
    }

    /** A node that does everything. */
    public GridSettings(
            String cluster,
            String node,
            String bind,
            int port,
            List<String> members,
            int backups,
            int shards,
            int minimum) {
        this(cluster, node, bind, port, members, backups, shards, minimum, true, true, DEFAULT_FEED);
    }

    /** Live members with role compute without which a commit could not keep its promise. */
    int holders() {
        return backups + 1;
    }
}
