// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.json.Decoded.Reason;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the values of one type of field, from a token or from an object of a map message. The answer is the value or
 * a {@link Reason}; a sealed type would cost an allocation for each field of each message.
 */
enum ValueDecoder {
    BOOLEAN("true or false") {
        @Override
        Object decode(JsonParser parser, JsonToken token) {
            return token.isBoolean() ? (Object) (token == JsonToken.VALUE_TRUE) : Reason.WRONG_TYPE;
        }

        @Override
        Object convert(Object given) {
            return given instanceof Boolean ? given : Reason.WRONG_TYPE;
        }
    },
    INTEGER("an integer from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE) {
        @Override
        Object decode(JsonParser parser, JsonToken token) throws IOException {
            if (token != JsonToken.VALUE_NUMBER_INT) {
                return Reason.WRONG_TYPE;
            }
            return parser.getNumberType() == NumberType.INT ? (Object) parser.getIntValue() : Reason.OUT_OF_RANGE;
        }

        @Override
        Object convert(Object given) {
            BigInteger integer = integer(given);
            if (integer == null) {
                return Reason.WRONG_TYPE;
            }
            return integer.bitLength() < Integer.SIZE ? (Object) integer.intValue() : Reason.OUT_OF_RANGE;
        }
    },
    LONG("an integer from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE) {
        @Override
        Object decode(JsonParser parser, JsonToken token) throws IOException {
            return token == JsonToken.VALUE_NUMBER_INT ? longValue(parser) : Reason.WRONG_TYPE;
        }

        @Override
        Object convert(Object given) {
            return longOf(given);
        }
    },
    DOUBLE("a number") {
        @Override
        Object decode(JsonParser parser, JsonToken token) throws IOException {
            return token.isNumeric() ? finite(parser.getDoubleValue()) : Reason.WRONG_TYPE;
        }

        @Override
        Object convert(Object given) {
            return given instanceof Number number ? finite(number.doubleValue()) : Reason.WRONG_TYPE;
        }
    },
    DECIMAL("a number with an exponent of at most 1000") {
        @Override
        Object decode(JsonParser parser, JsonToken token) throws IOException {
            return token.isNumeric() ? bounded(parser.getDecimalValue()) : Reason.WRONG_TYPE;
        }

        @Override
        Object convert(Object given) {
            BigInteger integer = integer(given);
            if (integer != null) {
                return new BigDecimal(integer);
            }
            if (given instanceof Double || given instanceof Float) {
                boolean finite = Double.isFinite(((Number) given).doubleValue());
                return finite ? new BigDecimal(given.toString()) : Reason.OUT_OF_RANGE;
            }
            return given instanceof BigDecimal decimal ? bounded(decimal) : Reason.WRONG_TYPE;
        }
    },
    STRING("text") {
        @Override
        Object decode(JsonParser parser, JsonToken token) throws IOException {
            return token == JsonToken.VALUE_STRING ? parser.getText() : Reason.WRONG_TYPE;
        }

        @Override
        Object convert(Object given) {
            return given instanceof String || given instanceof Character ? given.toString() : Reason.WRONG_TYPE;
        }
    },
    TIMESTAMP("a timestamp such as 2001-01-01T00:47Z or milliseconds since 1970") {
        @Override
        Object decode(JsonParser parser, JsonToken token) throws IOException {
            if (token == JsonToken.VALUE_STRING) {
                return known(
                        Timestamps.parse(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength()));
            }
            return token == JsonToken.VALUE_NUMBER_INT ? longValue(parser) : Reason.WRONG_TYPE;
        }

        @Override
        Object convert(Object given) {
            return given instanceof String text ? known(Timestamps.parse(text)) : longOf(given);
        }
    };

    private static final int LARGEST_SCALE = 1_000;

    private final String expected;

    ValueDecoder(String expected) {
        this.expected = expected;
    }

    static ValueDecoder of(FieldType type) {
        return switch (type) {
            case BOOLEAN -> BOOLEAN;
            case INTEGER -> INTEGER;
            case LONG -> LONG;
            case DOUBLE -> DOUBLE;
            case DECIMAL -> DECIMAL;
            case STRING -> STRING;
            case TIMESTAMP -> TIMESTAMP;
        };
    }

    /** What a value must be, for messages. */
    String expected() {
        return expected;
    }

    /** The value of the current token, which is not null; or a {@link Reason}. */
    abstract Object decode(JsonParser parser, JsonToken token) throws IOException;

    /** The value of an object of a map message; or a {@link Reason}. */
    abstract Object convert(Object given);

    private static Object longValue(JsonParser parser) throws IOException {
        return parser.getNumberType() == NumberType.BIG_INTEGER ? Reason.OUT_OF_RANGE : (Object) parser.getLongValue();
    }

    private static Object longOf(Object given) {
        BigInteger integer = integer(given);
        if (integer == null) {
            return Reason.WRONG_TYPE;
        }
        return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : Reason.OUT_OF_RANGE;
    }

    private static Object known(long millis) {
        return millis == Timestamps.NONE ? Reason.WRONG_TYPE : (Object) millis;
    }

    private static Object finite(double value) {
        return Double.isFinite(value) ? (Object) value : Reason.OUT_OF_RANGE;
    }

    /** A sum of 1 and 1E1000000000 would take all memory. */
    private static Object bounded(BigDecimal value) {
        return Math.abs((long) value.scale()) <= LARGEST_SCALE ? value : Reason.OUT_OF_RANGE;
    }

    private static @Nullable BigInteger integer(Object given) {
        if (given instanceof Long || given instanceof Integer || given instanceof Short || given instanceof Byte) {
            return BigInteger.valueOf(((Number) given).longValue());
        }
        return given instanceof BigInteger integer ? integer : null;
    }
}
