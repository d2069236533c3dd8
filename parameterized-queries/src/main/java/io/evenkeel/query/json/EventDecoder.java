// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.json;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Wording;
import io.evenkeel.query.json.Decoded.Accepted;
import io.evenkeel.query.json.Decoded.Reason;
import io.evenkeel.query.json.Decoded.Refused;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes bodies into events of one type. Make it once and keep it: it has looked up the fields. Any thread.
 *
 * <p>A field that is missing or null has the value null; a field that the type does not have is ignored. Numbers must
 * be numbers (5.0 is no integer), timestamps ISO 8601 text with an offset or integer milliseconds since the epoch.
 */
public final class EventDecoder {
    private static final int DEEPEST = 32;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            // Interning would put every name that a stranger makes up into a table of the whole JVM.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final EventType type;
    private final String[] names;
    private final ValueDecoder[] decoders;
    private final Map<String, Integer> positions = new HashMap<>();

    public EventDecoder(EventType type) {
        this.type = requireNonNull(type, "type");
        int count = type.fields().size();
        names = new String[count];
        decoders = new ValueDecoder[count];
        for (int i = 0; i < count; i++) {
            names[i] = type.fields().get(i).name();
            decoders[i] = ValueDecoder.of(type.fields().get(i).type());
            positions.put(names[i], i);
        }
    }

    /** The type of the events. */
    public EventType type() {
        return type;
    }

    /** Decode a JSON object in UTF-8. */
    public Decoded decode(byte[] body) {
        return decode(body, 0, body.length);
    }

    /** Decode a JSON object in UTF-8 that is a part of an array. The array is not kept. */
    public Decoded decode(byte[] body, int offset, int length) {
        try (JsonParser parser = JSON.createParser(body, offset, length)) {
            return decode(parser);
        } catch (IOException e) {
            return notJson(e);
        }
    }

    /** Decode a JSON object. */
    public Decoded decode(String body) {
        try (JsonParser parser = JSON.createParser(body)) {
            return decode(parser);
        } catch (IOException e) {
            return notJson(e);
        }
    }

    private Decoded decode(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return new Refused(Reason.NOT_JSON, "", "Expected a JSON object, but the body is empty.");
        }
        if (first != JsonToken.START_OBJECT) {
            String message = "Expected a JSON object, but the body begins with " + quote(parser.getText()) + ".";
            return new Refused(Reason.NOT_AN_OBJECT, "", message);
        }
        int count = names.length;
        @Nullable Object[] values = new @Nullable Object[count];
        long seen = 0;
        BitSet seenBeyond = count > Long.SIZE ? new BitSet(count) : null;
        int guess = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            int position = position(name, guess);
            if (position < 0) {
                parser.skipChildren();
                continue;
            }
            guess = position + 1;
            boolean repeated;
            if (seenBeyond == null) {
                repeated = (seen & 1L << position) != 0;
                seen |= 1L << position;
            } else {
                repeated = seenBeyond.get(position);
                seenBeyond.set(position);
            }
            if (repeated) {
                String message = "Expected each field once, but " + quote(name) + " is repeated.";
                return new Refused(Reason.DUPLICATE_FIELD, name, message);
            }
            if (token != JsonToken.VALUE_NULL) {
                Object value = decoders[position].decode(parser, token);
                if (value instanceof Reason reason) {
                    return refused(
                            reason, position, parser.currentToken().isStructStart() ? "a structure" : parser.getText());
                }
                values[position] = value;
            }
        }
        JsonToken trailing = parser.nextToken();
        if (trailing != null) {
            String message = "Expected one JSON object, but " + quote(parser.getText()) + " follows it.";
            return new Refused(Reason.TRAILING_CONTENT, "", message);
        }
        return new Accepted(new Event(type, values));
    }

    /** Most publishers write the fields in the order of the type, so the next one is tried before the map. */
    private int position(String name, int guess) {
        if (guess < names.length && names[guess].equals(name)) {
            return guess;
        }
        Integer position = positions.get(name);
        return position == null ? -1 : position;
    }

    /**
     * Make an event from the values of a map message, by the same rules: a missing or null value is null, an unknown
     * name is ignored.
     */
    public Decoded fromMap(Map<String, ? extends @Nullable Object> map) {
        @Nullable Object[] values = new @Nullable Object[names.length];
        for (int i = 0; i < names.length; i++) {
            Object given = map.get(names[i]);
            if (given != null) {
                Object value = decoders[i].convert(given);
                if (value instanceof Reason reason) {
                    return refused(reason, i, given);
                }
                values[i] = value;
            }
        }
        return new Accepted(new Event(type, values));
    }

    private Refused refused(Reason reason, int position, Object given) {
        String message = "Expected " + names[position] + " to be " + decoders[position].expected() + ", but it is "
                + quote(given) + ".";
        return new Refused(reason, names[position], message);
    }

    private static Refused notJson(IOException e) {
        if (e instanceof StreamConstraintsException) {
            String message = "Expected at most " + DEEPEST + " levels and no overlong number or name, but "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("it is beyond that");
            return new Refused(Reason.BEYOND_LIMITS, "", message);
        }
        String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        String message = "Expected JSON in UTF-8, but it is not: " + quote(problem);
        return new Refused(Reason.NOT_JSON, "", message);
    }

    private static String quote(@Nullable Object value) {
        return Wording.quote(value);
    }
}
