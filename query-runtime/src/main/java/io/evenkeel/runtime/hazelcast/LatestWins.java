// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Which of two copies is kept when the parts of a split grid become one again: of a log the one with the higher epoch, and
 * of the same epoch the longer one; of a number, or of bytes that begin with one, the greater one.
 *
 * <p>To keep that of the larger part, whatever it has, is not enough: where every node lost sight of every other, none is
 * the larger part, and each has the only copy of something. What was committed is on every copy, so the latest log has it.
 * A part that went on while the other could not has claimed the other's shards since and has the higher epoch; of those that
 * were its own it has the same epoch and the longer log, since the other claims nothing that no majority answered for ({@link
 * HeardMajority}), and raises an epoch once however often it tries. What else a log has was never committed: its messages come
 * again, and find their causes known.
 *
 * <p>A log that takes the place of another gets a new epoch: whoever wrote the shorter one must not go on writing behind it.
 */
final class LatestWins
        implements SplitBrainMergePolicy<Object, MergingValue<Object>, Object>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Object merge(MergingValue<Object> merging, @Nullable MergingValue<Object> existing) {
        Object here = existing == null ? null : existing.getDeserializedValue();
        Object there = merging.getDeserializedValue();
        if (there instanceof ShardHeader header) {
            return latest(header, (ShardHeader) here);
        }
        if (there instanceof Long number) {
            return here == null ? number : (Long) Math.max(number, (Long) here);
        }
        if (there instanceof byte[] value) {
            return here == null || numberOf(value) > numberOf((byte[]) here) ? value : here;
        }
        throw new IllegalStateException("Expected a log, a number or bytes, but got " + there);
    }

    private static long numberOf(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    private static ShardHeader latest(ShardHeader there, @Nullable ShardHeader here) {
        if (here == null) {
            // Nobody writes behind it. With a new epoch, whoever merges in vain, into nobody but itself, would have the
            // latest
            // log.
            return there;
        }
        if (here.epoch() > there.epoch() || here.epoch() == there.epoch() && here.next() >= there.next()) {
            return here;
        }
        return there.claimed(there.epoch() + 1, "", "merged");
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.LATEST_WINS;
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // It has no fields.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // It has no fields.
    }
}
