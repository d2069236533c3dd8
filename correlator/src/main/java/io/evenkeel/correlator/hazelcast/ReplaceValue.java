// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.map.EntryProcessor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a value by its successor. Values begin with a number: {@link Rule#NEXT} wants that of the present value plus
 * one, {@link Rule#NEWER} at least as much as the present one's.
 *
 * <p>Answers null if the value is the new one now, else the value that is there. Executed twice it does no harm: the second
 * time the new value is there already. The backup is given the value; it does not decide for itself.
 */
final class ReplaceValue implements EntryProcessor<String, byte[], byte @Nullable []> {
    private static final long serialVersionUID = 1L;

    private final byte[] next;
    private final Rule rule;
    private transient boolean replaced;

    /** When a value may be replaced. */
    enum Rule {
        NEXT,
        NEWER
    }

    ReplaceValue(byte[] next, Rule rule) {
        this.next = next;
        this.rule = rule;
    }

    @Override
    public byte @Nullable [] process(Map.Entry<String, byte[]> entry) {
        byte[] present = entry.getValue();
        long number = present == null ? 0 : numberOf(present);
        boolean there = present != null && Arrays.equals(present, next);
        replaced = there || (rule == Rule.NEXT ? numberOf(next) == number + 1 : numberOf(next) >= number);
        if (replaced) {
            entry.setValue(next);
            return null;
        }
        return present == null ? new byte[0] : present;
    }

    @Override
    public @Nullable EntryProcessor<String, byte[], byte @Nullable []> getBackupProcessor() {
        return replaced ? new SetValue(next) : null;
    }

    private static long numberOf(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    /** Sets what was decided elsewhere. */
    static final class SetValue implements EntryProcessor<String, byte[], byte @Nullable []> {
        private static final long serialVersionUID = 1L;

        private final byte[] value;

        SetValue(byte[] value) {
            this.value = value;
        }

        @Override
        public byte @Nullable [] process(Map.Entry<String, byte[]> entry) {
            entry.setValue(value);
            return null;
        }
    }
}
