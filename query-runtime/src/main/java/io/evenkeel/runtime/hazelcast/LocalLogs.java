// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.internal.partition.InternalPartitionService;
import com.hazelcast.internal.partition.PartitionReplica;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.operationservice.OperationService;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads those copies of logs that lie on this member: of shards that it owns, and of those that it is a backup for. The
 * grid's own interface reads the owner's copy only, from wherever it is.
 *
 * <p>A copy is touched by the thread of its partition alone, for as long as it takes to note references: headers and what is
 * sealed never change. All else is done by the caller. For any thread; blocks until those of the partitions have been there.
 */
final class LocalLogs {
    private static final Logger LOG = LoggerFactory.getLogger(LocalLogs.class);
    private static final long PATIENCE_MS = 2_000;

    private final NodeEngineImpl engine;
    private final int backups;

    /** A log as its copy on this member has it. The values of segments may be serialized still. */
    private record Noted(@Nullable Object header, List<Map.Entry<Data, Object>> segments) {}

    /** A log as its copy on this member has it. What is sealed is read when it is asked for: a log may have many segments. */
    final class Copy {
        private final ShardHeader header;
        private final Map<Long, Object> stored;

        private Copy(ShardHeader header, Map<Long, Object> stored) {
            this.header = header;
            this.stored = stored;
        }

        ShardHeader header() {
            return header;
        }

        /** A segment that the header names; null if it is not here, because the copy is only on its way. */
        @Nullable
        LogSegment segment(long number) {
            return engine.getSerializationService().toObject(stored.get(number));
        }
    }

    LocalLogs(HazelcastInstance grid, int backups) {
        this.engine = Util.getNodeEngine(grid);
        this.backups = backups;
    }

    /** The shards of which this member is to hold a copy at present. */
    BitSet held() {
        BitSet held = new BitSet();
        InternalPartitionService partitions = engine.getPartitionService();
        Member self = engine.getLocalMember();
        PartitionReplica replica = new PartitionReplica(self.getAddress(), self.getUuid());
        for (InternalPartition partition : partitions.getInternalPartitions()) {
            int index = partition.getReplicaIndex(replica);
            if (index >= 0 && index <= backups) {
                held.set(partition.getPartitionId());
            }
        }
        return held;
    }

    /**
     * Headers of logs as their copies on this member have them.
     *
     * @param byShard  none for a shard that nobody claimed
     * @param complete false if the thread of a shard did not answer in time
     */
    record Headers(SortedMap<Integer, ShardHeader> byShard, boolean complete) {}

    /** The headers of these shards. */
    Headers headers(BitSet shards) throws InterruptedException {
        SortedMap<Integer, ShardHeader> headers = new TreeMap<>();
        Map<Integer, Noted> answers = note(shards, false);
        answers.forEach((shard, noted) -> {
            ShardHeader header = headerOf(noted);
            if (header != null) {
                headers.put(shard, header);
            }
        });
        return new Headers(headers, answers.size() == shards.cardinality());
    }

    /** A log with its segments; null if there is none, or the thread did not answer in time. */
    @Nullable
    Copy copy(int shard) throws InterruptedException {
        BitSet one = new BitSet();
        one.set(shard);
        Noted noted = note(one, true).get(shard);
        ShardHeader header = noted == null ? null : headerOf(noted);
        if (noted == null || header == null) {
            return null;
        }
        Map<Long, Object> segments = new HashMap<>();
        for (Map.Entry<Data, Object> segment : noted.segments()) {
            LogKey key = engine.getSerializationService().toObject(segment.getKey());
            segments.put(key.segment(), segment.getValue());
        }
        return new Copy(header, segments);
    }

    private @Nullable ShardHeader headerOf(Noted noted) {
        return engine.getSerializationService().toObject(noted.header());
    }

    private Map<Integer, Noted> note(BitSet shards, boolean segments) throws InterruptedException {
        Map<Integer, Noted> found = new ConcurrentHashMap<>();
        CountDownLatch open = new CountDownLatch(shards.cardinality());
        if (open.getCount() > 0) {
            OperationService operations = engine.getOperationService();
            operations.executeOnPartitions(
                    shard -> (Runnable) () -> {
                        try {
                            found.put(shard, noteOne(shard, segments));
                        } catch (RuntimeException e) {
                            // Such as while this member leaves: then there is no answer.
                            LOG.debug("The copy of shard {} was not read", shard, e);
                        } finally {
                            open.countDown();
                        }
                    },
                    shards);
            open.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
        }
        return found;
    }

    /** On the thread of the partition. */
    private Noted noteOne(int shard, boolean segments) {
        MapService maps = engine.getService(MapService.SERVICE_NAME);
        Object[] header = new Object[1];
        // The shard's only key.
        RecordStore<?> headers = maps.getMapServiceContext().getExistingRecordStore(shard, Grid.LOG);
        if (headers != null) {
            headers.forEach((key, record) -> header[0] = record.getValue(), true);
        }
        List<Map.Entry<Data, Object>> sealed = new ArrayList<>();
        RecordStore<?> stored = maps.getMapServiceContext().getExistingRecordStore(shard, Grid.SEGMENTS);
        if (segments && stored != null) {
            stored.forEach((key, record) -> sealed.add(Map.entry(key, record.getValue())), true);
        }
        return new Noted(header[0], sealed);
    }
}
