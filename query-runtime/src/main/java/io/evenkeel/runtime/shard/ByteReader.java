// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evenkeel.query.FieldType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ByteWriter} wrote, in the same order. */
final class ByteReader {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;
    private int position;

    ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    byte readByte() {
        return bytes[position++];
    }

    int readInt() {
        return Math.toIntExact(readLong());
    }

    long readLong() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes[position++];
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return (value >>> 1) ^ -(value & 1);
    }

    double readDouble() {
        double value = Double.longBitsToDouble((long) LONG.get(bytes, position));
        position += 8;
        return value;
    }

    String readString() {
        int length = readInt();
        String value = new String(bytes, position, length, UTF_8);
        position += length;
        return value;
    }

    @Nullable
    Object readValue(FieldType type) {
        if (readByte() == 0) {
            return null;
        }
        return switch (type) {
            case BOOLEAN -> readByte() != 0;
            case INTEGER -> readInt();
            case LONG, TIMESTAMP -> readLong();
            case DOUBLE -> readDouble();
            case DECIMAL -> readDecimal();
            case STRING -> readString();
        };
    }

    private BigDecimal readDecimal() {
        int scale = readInt();
        int length = readInt();
        BigInteger unscaled = new BigInteger(bytes, position, length);
        position += length;
        return new BigDecimal(unscaled, scale);
    }
}
