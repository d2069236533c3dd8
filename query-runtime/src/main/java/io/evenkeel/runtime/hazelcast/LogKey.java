// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.partition.PartitionAware;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Key of a shard's header (segment 0) or of one of its segments. All keys of a shard lie in one partition. */
final class LogKey implements IdentifiedDataSerializable, PartitionAware<Integer> {
    private int place;
    private int shard;
    private long segment;

    LogKey() {}

    /** @param place a number whose partition is that of the shard; see {@link ShardPlaces} */
    LogKey(int place, int shard, long segment) {
        this.place = place;
        this.shard = shard;
        this.segment = segment;
    }

    int shard() {
        return shard;
    }

    /** 0: the header. */
    long segment() {
        return segment;
    }

    @Override
    public Integer getPartitionKey() {
        return place;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.LOG_KEY;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeInt(place);
        out.writeInt(shard);
        out.writeLong(segment);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        place = in.readInt();
        shard = in.readInt();
        segment = in.readLong();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LogKey that && place == that.place && shard == that.shard && segment == that.segment;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * place + shard) + Long.hashCode(segment);
    }

    @Override
    public String toString() {
        return "shard " + shard + (segment == 0 ? " header" : " segment " + segment);
    }
}
