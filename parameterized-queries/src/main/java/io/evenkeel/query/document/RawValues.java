// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.Durations;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.Wording;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Between the values that stand in a document and the typed values of parameters. Nothing is rounded in silence. */
final class RawValues {
    /** Decimals with larger exponents would cost megabytes in the first addition. */
    private static final int LARGEST_SCALE = 1_000;

    private RawValues() {}

    /** The typed value; null after a call of {@code refuse} with what was expected. */
    static @Nullable Object typed(ParameterType type, @Nullable Object raw, Consumer<String> refuse) {
        Object value = switch (type) {
            case BOOLEAN -> raw instanceof Boolean ? raw : null;
            case INTEGER -> {
                BigInteger integer = integer(raw);
                yield integer != null && integer.bitLength() < Integer.SIZE ? (Object) integer.intValue() : null;
            }
            case LONG -> {
                BigInteger integer = integer(raw);
                yield integer != null && integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : null;
            }
            case DOUBLE -> toDouble(raw);
            case DECIMAL -> toDecimal(raw);
            case STRING -> raw instanceof String ? raw : null;
            case TIMESTAMP -> toTimestamp(raw);
            case DURATION -> toSeconds(raw);
        };
        if (value == null) {
            refuse.accept(expected(type));
        }
        return value;
    }

    /** The value as it stands in a document: what {@link #typed} turns into it again. */
    static Object raw(ParameterType type, Object value) {
        return switch (type) {
            case TIMESTAMP -> Timestamps.format((Long) value);
            case DURATION -> Durations.format(Durations.ofSeconds((Double) value));
            default -> value;
        };
    }

    private static String expected(ParameterType type) {
        return switch (type) {
            case BOOLEAN -> "true or false";
            case INTEGER -> "an integer from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
            case LONG -> "an integer from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;
            case DOUBLE -> "a number that a double holds";
            case DECIMAL -> "a number with an exponent of at most " + LARGEST_SCALE;
            case STRING -> "text (in quotes if it looks like a number)";
            case TIMESTAMP -> "a timestamp such as 2001-01-01T00:47Z or milliseconds since 1970";
            case DURATION -> "a duration with its unit such as 500 ms, 30 s or 2 hours";
        };
    }

    /** What was expected and what is there, as one message. */
    static String message(String name, String expected, @Nullable Object raw, String rule) {
        return "Expected " + name + " to be " + expected + ", but it is " + Wording.quote(raw) + ". rule=" + rule;
    }

    private static @Nullable BigInteger integer(@Nullable Object raw) {
        if (raw instanceof Long || raw instanceof Integer || raw instanceof Short || raw instanceof Byte) {
            return BigInteger.valueOf(((Number) raw).longValue());
        }
        return raw instanceof BigInteger integer ? integer : null;
    }

    private static @Nullable BigDecimal number(@Nullable Object raw) {
        BigInteger integer = integer(raw);
        if (integer != null) {
            return new BigDecimal(integer);
        }
        if (raw instanceof Double || raw instanceof Float) {
            double value = ((Number) raw).doubleValue();
            return Double.isFinite(value) ? new BigDecimal(raw.toString()) : null;
        }
        return raw instanceof BigDecimal decimal ? decimal : null;
    }

    private static @Nullable Double toDouble(@Nullable Object raw) {
        BigDecimal number = number(raw);
        if (number == null || !Double.isFinite(number.doubleValue())) {
            return null;
        }
        double value = number.doubleValue();
        // An integer beyond 2^53 is most likely an id that must not change by one.
        boolean changed = integer(raw) != null && new BigDecimal(value).compareTo(number) != 0;
        return changed ? null : (Double) value;
    }

    private static @Nullable BigDecimal toDecimal(@Nullable Object raw) {
        BigDecimal number = number(raw);
        if (number == null || Math.abs((long) number.scale()) > LARGEST_SCALE) {
            return null;
        }
        // 1E+3 is kept as 1000, so that documents in YAML, where the former is text, give back the same value.
        return number.scale() < 0 ? number.setScale(0) : number;
    }

    private static @Nullable Long toTimestamp(@Nullable Object raw) {
        if (raw instanceof String text) {
            long millis = Timestamps.parse(text);
            return millis == Timestamps.NONE ? null : (Long) millis;
        }
        BigInteger integer = integer(raw);
        return integer != null && integer.bitLength() < Long.SIZE ? (Long) integer.longValue() : null;
    }

    private static @Nullable Double toSeconds(@Nullable Object raw) {
        if (!(raw instanceof String text)) {
            return null;
        }
        try {
            return Durations.toSeconds(Durations.parse(text));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
