// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.evenkeel.runtime.shard.LogBatch;
import java.io.IOException;
import java.util.List;

/** A part of a shard's log that is written once and then only read or dropped. */
final class LogSegment implements IdentifiedDataSerializable {
    private List<LogBatch> batches = List.of();

    LogSegment() {}

    LogSegment(List<LogBatch> batches) {
        this.batches = List.copyOf(batches);
    }

    List<LogBatch> batches() {
        return batches;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.SEGMENT;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Wire.writeBatches(out, batches);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        batches = Wire.readBatches(in);
    }
}
