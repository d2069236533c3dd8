// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Names cleaned segments in place of the first ones, if these are still the first and the writer's epoch is current
 * (I3). Executed twice, it does so once. Returns whether it did.
 */
final class CleanProcessor implements EntryProcessor<LogKey, ShardHeader, Boolean>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private long epoch;
    private transient List<ShardHeader.Sealed> old = List.of();
    private transient List<ShardHeader.Sealed> cleaned = List.of();

    CleanProcessor() {}

    CleanProcessor(long epoch, List<ShardHeader.Sealed> old, List<ShardHeader.Sealed> cleaned) {
        this.epoch = epoch;
        this.old = List.copyOf(old);
        this.cleaned = List.copyOf(cleaned);
    }

    @Override
    public Boolean process(Map.Entry<LogKey, ShardHeader> entry) {
        ShardHeader header = entry.getValue();
        if (header == null || header.epoch() != epoch || header.segments().size() < old.size()) {
            return false;
        }
        boolean expected = header.segments().subList(0, old.size()).equals(old)
                && (cleaned.isEmpty() || cleaned.get(0).segment() >= header.nextSegment());
        if (expected) {
            entry.setValue(header.cleaned(old.size(), cleaned));
        }
        return expected;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.CLEAN;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(epoch);
        ShardHeader.writeSealed(out, old);
        ShardHeader.writeSealed(out, cleaned);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        epoch = in.readLong();
        old = ShardHeader.readSealed(in);
        cleaned = ShardHeader.readSealed(in);
    }
}
