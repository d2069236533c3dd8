// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.ShardOwners;
import io.evenkeel.tasks.run.Members;
import java.util.List;

/** The grid's members, and who owns the shards. Thread-safe. */
public final class GridMembers implements Members {
    private final HazelcastInstance grid;
    private final ShardOwners owners;

    public GridMembers(HazelcastInstance grid) {
        this.grid = grid;
        this.owners = new ShardOwners(grid);
    }

    @Override
    public Members.NodeRef self() {
        return member(grid.getCluster().getLocalMember());
    }

    @Override
    public List<Members.NodeRef> all() {
        try {
            return grid.getCluster().getMembers().stream()
                    .map(GridMembers::member)
                    .toList();
        } catch (HazelcastInstanceNotActiveException left) {
            return List.of();
        }
    }

    private static Members.NodeRef member(Member member) {
        return new Members.NodeRef(member.getUuid().toString(), Grid.nameOf(member));
    }

    @Override
    public List<String> shardOwners() {
        return owners.names();
    }
}
