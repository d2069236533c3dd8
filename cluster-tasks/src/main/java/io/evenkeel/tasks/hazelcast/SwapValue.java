// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.hazelcast;

import com.hazelcast.map.EntryProcessor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes a value by its stamp, the number that values begin with: replaces the one of an expected stamp, removes it, or
 * puts a newer one. Answers whether that is so now. Executed twice it does no harm: the second time the new value is there.
 * The backup is given the outcome; it does not decide for itself.
 */
final class SwapValue implements EntryProcessor<String, byte[], Boolean> {
    private static final long serialVersionUID = 1L;

    private final Rule rule;
    private final long expected;
    private final byte @Nullable [] next;
    private transient boolean changed;

    /** When. */
    enum Rule {
        /** The one of the expected stamp is there; 0: none is. */
        EXPECTED,
        /** One of a smaller stamp is there, or none. */
        NEWER
    }

    /** @param next null: remove it */
    SwapValue(Rule rule, long expected, byte @Nullable [] next) {
        this.rule = rule;
        this.expected = expected;
        this.next = next;
    }

    @Override
    public Boolean process(Map.Entry<String, byte[]> entry) {
        byte[] present = entry.getValue();
        long stamp = present == null ? 0 : stampOf(present);
        boolean there = Arrays.equals(present, next);
        boolean mayChange = rule == Rule.EXPECTED ? stamp == expected : next != null && stampOf(next) > stamp;
        changed = there || mayChange;
        if (changed) {
            entry.setValue(next);
        }
        return changed;
    }

    @Override
    public @Nullable EntryProcessor<String, byte[], Boolean> getBackupProcessor() {
        return changed ? new SetValue(next) : null;
    }

    static long stampOf(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    /** Sets what was decided elsewhere. */
    static final class SetValue implements EntryProcessor<String, byte[], Boolean> {
        private static final long serialVersionUID = 1L;

        private final byte @Nullable [] value;

        SetValue(byte @Nullable [] value) {
            this.value = value;
        }

        @Override
        public Boolean process(Map.Entry<String, byte[]> entry) {
            entry.setValue(value);
            return true;
        }
    }
}
