// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;

/** Drops batches and segments before a sequence. Returns the numbers of the segments that nobody names now. */
final class TrimProcessor implements EntryProcessor<LogKey, ShardHeader, long[]>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private long epoch;
    private long firstNeeded;

    TrimProcessor() {}

    TrimProcessor(long epoch, long firstNeeded) {
        this.epoch = epoch;
        this.firstNeeded = firstNeeded;
    }

    @Override
    public long[] process(Map.Entry<LogKey, ShardHeader> entry) {
        ShardHeader header = entry.getValue();
        if (header == null || header.epoch() != epoch) {
            return new long[0];
        }
        entry.setValue(header.trimmed(firstNeeded));
        return header.segments().stream()
                .filter(segment -> segment.last() < firstNeeded)
                .mapToLong(ShardHeader.Sealed::segment)
                .toArray();
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.TRIM;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(epoch);
        out.writeLong(firstNeeded);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        epoch = in.readLong();
        firstNeeded = in.readLong();
    }
}
