// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import io.evenkeel.runtime.history.HistoryMark;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node says it has on its disk: by shard, how far its log is there.
 *
 * @param ages by shard
 */
record HistoryOffer(SortedMap<Integer, Age> ages) {
    /**
     * How new a log is: that to which the later epoch has appended is newer, of the same epoch the longer one; see {@link
     * LatestWins}.
     */
    record Age(long written, long next) implements Comparable<Age> {
        static Age of(ShardHeader header) {
            return new Age(header.written(), header.next());
        }

        @Override
        public int compareTo(Age other) {
            int byEpoch = Long.compare(written, other.written);
            return byEpoch == 0 ? Long.compare(next, other.next) : byEpoch;
        }
    }

    /** True if a disk has more of a shard than the cluster, in which nobody may have claimed it. */
    static boolean isNewer(HistoryMark onDisk, @Nullable ShardHeader inCluster) {
        if (inCluster == null || onDisk.written() > inCluster.written()) {
            return true;
        }
        // What an owner that died appended last is on its disk only, and was never committed; it is claimed since.
        return onDisk.written() == inCluster.written()
                && onDisk.next() > inCluster.next()
                && onDisk.epoch() >= inCluster.epoch();
    }

    static HistoryOffer of(Collection<HistoryMark> marks) {
        SortedMap<Integer, Age> ages = new TreeMap<>();
        marks.forEach(mark -> ages.put(mark.shard(), new Age(mark.written(), mark.next())));
        return new HistoryOffer(ages);
    }

    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + ages.size() * (Integer.BYTES + 2 * Long.BYTES));
        bytes.putInt(ages.size());
        ages.forEach((shard, age) -> bytes.putInt(shard).putLong(age.written()).putLong(age.next()));
        return bytes.array();
    }

    static HistoryOffer decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded);
        SortedMap<Integer, Age> ages = new TreeMap<>();
        for (int count = bytes.getInt(); count > 0; count--) {
            ages.put(bytes.getInt(), new Age(bytes.getLong(), bytes.getLong()));
        }
        return new HistoryOffer(ages);
    }
}
