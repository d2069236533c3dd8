// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.internal.partition.InternalPartitionService;
import com.hazelcast.internal.partition.PartitionReplica;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.partition.Partition;
import com.hazelcast.partition.PartitionService;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Where shards lie in the grid: shard <i>n</i> in partition <i>n</i>. Hazelcast spreads partitions evenly over members,
 * so shards are spread evenly as well; and a node whose number of shards differs cannot join.
 */
final class ShardPlaces {
    private final PartitionService partitions;
    private final InternalPartitionService copies;
    private final int[] places;

    ShardPlaces(HazelcastInstance grid) {
        partitions = grid.getPartitionService();
        // The public interface tells owners only.
        copies = Util.getNodeEngine(grid).getPartitionService();
        int shards = partitions.getPartitions().size();
        places = new int[shards];
        boolean[] found = new boolean[shards];
        int missing = shards;
        for (int place = 0; missing > 0; place++) {
            int partition = partitions.getPartition(place).getPartitionId();
            if (!found[partition]) {
                found[partition] = true;
                places[partition] = place;
                missing--;
            }
        }
    }

    int shards() {
        return places.length;
    }

    LogKey header(int shard) {
        return new LogKey(places[shard], shard, 0);
    }

    LogKey segment(int shard, long segment) {
        return new LogKey(places[shard], shard, segment);
    }

    /**
     * The shards of whose log one of these nodes has a copy, as owner or as backup. Other maps of the grid may have more copies.
     *
     * @param backups of the log
     */
    SortedSet<Integer> withCopyOn(Set<UUID> nodes, int backups) {
        SortedSet<Integer> shards = new TreeSet<>();
        if (nodes.isEmpty()) {
            return shards;
        }
        for (int shard = 0; shard < places.length; shard++) {
            InternalPartition partition = copies.getPartition(partition(shard).getPartitionId(), false);
            for (int copy = 0; copy <= backups; copy++) {
                PartitionReplica holder = partition.getReplica(copy);
                if (holder != null && nodes.contains(holder.uuid())) {
                    shards.add(shard);
                }
            }
        }
        return shards;
    }

    /** The partition of a shard, whose owner is the shard's; the owner is null before the grid has assigned it. */
    Partition partition(int shard) {
        return partitions.getPartition(places[shard]);
    }
}
