// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.internal.partition.InternalPartitionService;
import com.hazelcast.internal.partition.impl.PartitionServiceState;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Asks a member whether all copies of what it owns are where they should be, and are up to date. */
final class SafetyTask implements Callable<String>, IdentifiedDataSerializable, HazelcastInstanceAware {
    private int backups;
    private UUID asker = new UUID(0, 0);
    private transient @Nullable HazelcastInstance grid;

    SafetyTask() {}

    /**
     * @param backups copies of a log beside its owner's
     * @param asker   who asks; nothing is safe for one that was removed meanwhile and does not know it yet
     */
    SafetyTask(int backups, UUID asker) {
        this.backups = backups;
        this.asker = asker;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    /** A {@link CopiesTold}. */
    @Override
    public String call() {
        return look().text();
    }

    private CopiesTold look() {
        HazelcastInstance member = grid;
        if (member == null) {
            return new CopiesTold(Copies.MISSING, "is not started");
        }
        if (member.getCluster().getMembers().stream()
                .noneMatch(known -> known.getUuid().equals(asker))) {
            return new CopiesTold(Copies.MISSING, "DOES_NOT_KNOW_THE_ASKER");
        }
        if (Merging.isUnderWay(member)) {
            // An open gate of those that it comes to may stay open: they are a majority without it.
            return new CopiesTold(Copies.MOVING, "MERGING");
        }
        InternalPartitionService partitions = Util.getNodeEngine(member).getPartitionService();
        if (table(partitions) == PartitionServiceState.SAFE
                && member.getPartitionService().isLocalMemberSafe()) {
            return new CopiesTold(Copies.ALL, PartitionServiceState.SAFE.name());
        }
        // The public interface does not tell a copy that moves from one that is missing, nor the log's from those of
        // maps with more copies.
        PartitionServiceState table = table(partitions);
        return switch (table) {
            case SAFE -> new CopiesTold(Copies.MISSING, PartitionServiceState.REPLICA_NOT_SYNC.name());
            case FETCHING_PARTITION_TABLE -> new CopiesTold(Copies.MISSING, table.name());
            default ->
                new CopiesTold(
                        hasJustJoined(partitions) || allAssigned(partitions) ? Copies.MOVING : Copies.MISSING,
                        table.name());
        };
    }

    private static PartitionServiceState table(InternalPartitionService partitions) {
        return partitions.getPartitionReplicaStateChecker().getPartitionTableState();
    }

    /** Such a member owns nothing, and has not been told yet what others own. */
    private static boolean hasJustJoined(InternalPartitionService partitions) {
        return Arrays.stream(partitions.getInternalPartitions())
                .allMatch(partition -> partition.getOwnerReplicaOrNull() == null);
    }

    private boolean allAssigned(InternalPartitionService partitions) {
        for (InternalPartition partition : partitions.getInternalPartitions()) {
            for (int copy = 0; copy <= backups; copy++) {
                if (partition.getReplica(copy) == null) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.SAFETY_TASK;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeInt(backups);
        out.writeLong(asker.getMostSignificantBits());
        out.writeLong(asker.getLeastSignificantBits());
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        backups = in.readInt();
        asker = new UUID(in.readLong(), in.readLong());
    }
}
