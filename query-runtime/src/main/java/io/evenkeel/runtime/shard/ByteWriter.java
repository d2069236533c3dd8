// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evenkeel.query.FieldType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A growing array of bytes. Whole numbers are written zigzag in groups of seven bits, so that small ones are short. */
final class ByteWriter {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int length;

    ByteWriter(int capacity) {
        bytes = new byte[capacity];
    }

    void writeByte(byte value) {
        reserve(1);
        bytes[length++] = value;
    }

    void writeInt(int value) {
        writeLong(value);
    }

    void writeLong(long value) {
        reserve(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    void writeDouble(double value) {
        reserve(8);
        LONG.set(bytes, length, Double.doubleToRawLongBits(value));
        length += 8;
    }

    void writeString(String value) {
        int characters = value.length();
        int start = length;
        writeLong(characters);
        reserve(characters);
        for (int i = 0; i < characters; i++) {
            char character = value.charAt(i);
            if (character >= 0x80) {
                // Not plain ASCII, which nearly all ids and most texts are: its length in bytes is another.
                length = start;
                writeBytes(value.getBytes(UTF_8));
                return;
            }
            bytes[length++] = (byte) character;
        }
    }

    void writeValue(FieldType type, @Nullable Object value) {
        if (value == null) {
            writeByte((byte) 0);
            return;
        }
        writeByte((byte) 1);
        switch (type) {
            case BOOLEAN -> writeByte((byte) ((Boolean) value ? 1 : 0));
            case INTEGER -> writeLong((Integer) value);
            case LONG, TIMESTAMP -> writeLong((Long) value);
            case DOUBLE -> writeDouble((Double) value);
            case DECIMAL -> {
                writeInt(((BigDecimal) value).scale());
                writeBytes(((BigDecimal) value).unscaledValue().toByteArray());
            }
            case STRING -> writeString((String) value);
        }
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void writeBytes(byte[] value) {
        writeInt(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
