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
 * Which of two copies is kept when the parts of a split grid become one again: of a log the one to which the later epoch has
 * appended, and of those of the same epoch the longer one; of a number, or of bytes that begin with one, the greater one.
 *
 * <p>To keep that of the larger part, whatever it has, is not enough: where every node lost sight of every other, none is
 * the larger part, and each has the only copy of something. What was committed is on every copy, so the latest log has it.
 * A part that went on while the other could not has claimed the other's shards since, later than anybody there, and so under
 * a higher {@linkplain Terms term}; of those that were its own it has the same epoch and the longer log. A claim alone says
 * nothing: who made it may have lost sight of those that consented before it appended anything, and they went on elsewhere.
 * What else a log has was never committed: its messages come again, and find their causes known.
 *
 * <p>Whoever wrote to the log that gives way must not go on writing behind the other: where it has the later epoch, or the same
 * one, that which is kept gets a new epoch.
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
        if (HistoryOffer.Age.of(here).compareTo(HistoryOffer.Age.of(there)) >= 0) {
            boolean fences = here.epoch() > there.epoch()
                    || here.epoch() == there.epoch() && here.claim().equals(there.claim());
            return fences ? here : here.claimed(there.epoch() + 1, "", "merged");
        }
        return there.claimed(Math.max(here.epoch(), there.epoch()) + 1, "", "merged");
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
