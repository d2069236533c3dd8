// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.evenkeel.runtime.shard.LogBatch;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** The log of a shard as it was at one moment, to be put into another cluster. Immutable. */
final class ShardImage implements IdentifiedDataSerializable {
    private int shard;
    private long next = 1;
    private byte[] remembered = {};
    private List<LogBatch> batches = List.of();

    ShardImage() {}

    ShardImage(int shard, long next, byte[] remembered, List<LogBatch> batches) {
        this.shard = shard;
        this.next = next;
        this.remembered = remembered;
        this.batches = List.copyOf(batches);
    }

    int shard() {
        return shard;
    }

    /** The sequence of the batch that comes after. */
    long next() {
        return next;
    }

    /** What the writer kept beside the log. Not a copy: do not change it. */
    byte[] remembered() {
        return remembered;
    }

    /** Oldest first. */
    List<LogBatch> batches() {
        return batches;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.SHARD_IMAGE;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeInt(shard);
        out.writeLong(next);
        out.writeByteArray(remembered);
        Wire.writeBatches(out, batches);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        shard = in.readInt();
        next = in.readLong();
        remembered = Objects.requireNonNull(in.readByteArray());
        batches = Wire.readBatches(in);
    }
}
