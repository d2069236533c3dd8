// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives a shard in which nothing was ever logged the log of another cluster, whose segments are there already. It raises the
 * epoch: whoever holds the shard is fenced, and reads the log when it claims again. Executed twice, it restores once.
 * Returns whether the shard has the log.
 */
final class RestoreProcessor implements EntryProcessor<LogKey, ShardHeader, Boolean>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private String claim = "";
    private long next;
    private byte[] remembered = {};
    private List<ShardHeader.Sealed> segments = List.of();
    /** That of the log elsewhere; the shard's is higher afterwards. */
    private long above;
    /** The epoch that appended last to the log elsewhere; -1 if that is no epoch of this cluster. */
    private long written;
    /** That the primary decided on; 0 on the primary. */
    private long epoch;

    private transient @Nullable RestoreProcessor onBackup;

    RestoreProcessor() {}

    /**
     * @param claim names this restore among all claims of the cluster
     * @param above   an epoch that the shard's is to exceed
     * @param written the epoch of this cluster that appended last to the log; -1 if none did
     */
    RestoreProcessor(
            String claim, long above, long written, long next, byte[] remembered, List<ShardHeader.Sealed> segments) {
        this.claim = claim;
        this.above = above;
        this.written = written;
        this.next = next;
        this.remembered = remembered;
        this.segments = segments;
    }

    @Override
    public Boolean process(Map.Entry<LogKey, ShardHeader> entry) {
        ShardHeader header = entry.getValue() == null ? new ShardHeader() : entry.getValue();
        if (epoch > 0) {
            if (header.epoch() < epoch) {
                entry.setValue(restored(header, epoch));
            }
            return true;
        }
        if (!header.claim().equals(claim)) {
            // A claim since they were written may have swept segments of lower numbers than its own.
            boolean swept = !segments.isEmpty() && segments.get(0).segment() < header.nextSegment();
            if (header.next() != 1 || swept) {
                return false;
            }
            header = restored(header, Math.max(header.epoch(), above) + 1);
            entry.setValue(header);
        }
        onBackup = new RestoreProcessor(claim, above, written, next, remembered, segments);
        onBackup.epoch = header.epoch();
        return true;
    }

    private ShardHeader restored(ShardHeader empty, long newEpoch) {
        return empty.claimed(newEpoch, "", claim)
                .restored(written < 0 ? newEpoch : written, next, remembered, segments);
    }

    /** None if the primary has refused. */
    @Override
    public @Nullable EntryProcessor<LogKey, ShardHeader, Boolean> getBackupProcessor() {
        return onBackup;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.RESTORE;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(claim);
        out.writeLong(above);
        out.writeLong(written);
        out.writeLong(next);
        out.writeByteArray(remembered);
        ShardHeader.writeSealed(out, segments);
        out.writeLong(epoch);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        claim = Wire.readText(in);
        above = in.readLong();
        written = in.readLong();
        next = in.readLong();
        remembered = requireNonNull(in.readByteArray());
        segments = ShardHeader.readSealed(in);
        epoch = in.readLong();
    }
}
