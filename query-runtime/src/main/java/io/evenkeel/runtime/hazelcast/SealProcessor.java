// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;

/** Replaces the oldest batches of the tail by the segment that now holds them. Returns whether it did. */
final class SealProcessor implements EntryProcessor<LogKey, ShardHeader, Boolean>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private long epoch;
    private long segment;
    private long first;
    private long last;

    SealProcessor() {}

    SealProcessor(long epoch, ShardHeader.Sealed sealed) {
        this.epoch = epoch;
        this.segment = sealed.segment();
        this.first = sealed.first();
        this.last = sealed.last();
    }

    @Override
    public Boolean process(Map.Entry<LogKey, ShardHeader> entry) {
        ShardHeader header = entry.getValue();
        if (header == null || header.epoch() != epoch || header.nextSegment() > segment || header.next() <= last) {
            return false;
        }
        // Nothing twice, if the writer does not know how its last try ended; and nothing left out, if this copy missed
        // that.
        if (header.lastSealed() >= first || header.firstOfTail() < first) {
            return false;
        }
        entry.setValue(header.sealed(new ShardHeader.Sealed(segment, first, last)));
        return true;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.SEAL;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(epoch);
        out.writeLong(segment);
        out.writeLong(first);
        out.writeLong(last);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        epoch = in.readLong();
        segment = in.readLong();
        first = in.readLong();
        last = in.readLong();
    }
}
