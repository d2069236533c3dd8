// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps some bytes in a shard's header if the writer's epoch is current (I3). Returns the current epoch if they are
 * kept; minus that if they were refused.
 */
final class RememberProcessor implements EntryProcessor<LogKey, ShardHeader, Long>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private long epoch;
    private byte[] bytes = {};

    RememberProcessor() {}

    RememberProcessor(long epoch, byte[] bytes) {
        this.epoch = epoch;
        this.bytes = bytes;
    }

    @Override
    public Long process(Map.Entry<LogKey, ShardHeader> entry) {
        ShardHeader header = entry.getValue();
        if (header == null || header.epoch() != epoch) {
            return header == null ? Long.MIN_VALUE : -header.epoch();
        }
        entry.setValue(header.remembering(bytes));
        return epoch;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.REMEMBER;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(epoch);
        out.writeByteArray(bytes);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        epoch = in.readLong();
        bytes = Objects.requireNonNull(in.readByteArray());
    }
}
