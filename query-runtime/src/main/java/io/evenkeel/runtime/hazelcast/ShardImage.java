// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.evenkeel.runtime.shard.LogBatch;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * The log of a shard as it was at one moment, to be put into another cluster. It is kept in files and never travels between
 * nodes.
 *
 * @param next       the sequence of the batch that comes after
 * @param remembered what the writer kept beside the log; not a copy: do not change it
 * @param batches    oldest first
 */
record ShardImage(int shard, long next, byte[] remembered, List<LogBatch> batches) {
    void write(ObjectDataOutput out) throws IOException {
        out.writeInt(shard);
        out.writeLong(next);
        out.writeByteArray(remembered);
        Wire.writeBatches(out, batches);
    }

    /** Reads all causes now, since what is in the log and cannot be read makes each claim fail. */
    ShardImage readable() {
        batches.forEach(batch -> batch.request().causes().causes());
        return this;
    }

    static ShardImage read(ObjectDataInput in) throws IOException {
        return new ShardImage(
                in.readInt(), in.readLong(), Objects.requireNonNull(in.readByteArray()), Wire.readBatches(in));
    }
}
