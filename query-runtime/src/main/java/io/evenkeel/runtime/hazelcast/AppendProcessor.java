// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.evenkeel.runtime.shard.LogBatch;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends a batch if the writer's epoch is current and the batch is the next one (I3). Executed twice, it appends once.
 * Returns the current epoch if the batch is in the log; minus that if it was refused.
 */
final class AppendProcessor implements EntryProcessor<LogKey, ShardHeader, Long>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;
    /** Tests take the epoch check away, to see what it is for. */
    private static final boolean ANY_EPOCH = Boolean.getBoolean("evenkeel.fault.anyEpoch");

    private long epoch;
    private @Nullable LogBatch batch;
    private transient boolean appended;

    AppendProcessor() {}

    AppendProcessor(long epoch, LogBatch batch) {
        this.epoch = epoch;
        this.batch = batch;
    }

    @Override
    public Long process(Map.Entry<LogKey, ShardHeader> entry) {
        LogBatch added = requireNonNull(batch);
        ShardHeader header = entry.getValue();
        if (header == null || header.epoch() != epoch && !ANY_EPOCH) {
            return header == null ? Long.MIN_VALUE : -header.epoch();
        }
        if (added.sequence() > header.next()) {
            throw new IllegalStateException("Expected batch " + header.next() + " of " + entry.getKey() + ", but got "
                    + added.sequence() + ". epoch=" + epoch);
        }
        if (added.sequence() == header.next()) {
            entry.setValue(header.appended(added, header.epoch()));
            appended = true;
        }
        return epoch;
    }

    @Override
    public @Nullable EntryProcessor<LogKey, ShardHeader, Long> getBackupProcessor() {
        return appended ? new OnBackup(epoch, requireNonNull(batch)) : null;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.APPEND;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(epoch);
        Wire.writeBatch(out, requireNonNull(batch));
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        epoch = in.readLong();
        batch = Wire.readBatch(in);
    }

    /** The primary has decided; the backup only follows, and not twice. */
    static final class OnBackup implements EntryProcessor<LogKey, ShardHeader, Long>, IdentifiedDataSerializable {
        private static final long serialVersionUID = 1L;

        private long epoch;
        private @Nullable LogBatch batch;

        OnBackup() {}

        OnBackup(long epoch, LogBatch batch) {
            this.epoch = epoch;
            this.batch = batch;
        }

        @Override
        public Long process(Map.Entry<LogKey, ShardHeader> entry) {
            LogBatch added = requireNonNull(batch);
            ShardHeader header = entry.getValue();
            // A replica that misses an earlier write is behind in version as well; the grid then copies all of it.
            if (header != null && header.next() == added.sequence()) {
                entry.setValue(header.appended(added, epoch));
            }
            return 0L;
        }

        @Override
        public int getFactoryId() {
            return GridTypes.FACTORY;
        }

        @Override
        public int getClassId() {
            return GridTypes.APPEND_BACKUP;
        }

        @Override
        public void writeData(ObjectDataOutput out) throws IOException {
            out.writeLong(epoch);
            Wire.writeBatch(out, requireNonNull(batch));
        }

        @Override
        public void readData(ObjectDataInput in) throws IOException {
            epoch = in.readLong();
            batch = Wire.readBatch(in);
        }
    }
}
