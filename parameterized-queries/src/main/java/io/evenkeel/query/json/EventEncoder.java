// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.Timestamps;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Encodes events as JSON objects; inverse of {@link EventDecoder}. No state; any thread. */
public final class EventEncoder {
    private static final JsonFactory JSON = new JsonFactory();

    private EventEncoder() {}

    /**
     * Write an event with its fields in the order of the type. Null values are left out, and so are the doubles that
     * JSON cannot express (not a number, infinite). Timestamps are ISO 8601 text in UTC.
     */
    public static String encode(Event event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            @Nullable Object[] values = event.values();
            for (int i = 0; i < values.length; i++) {
                EventType.Field field = event.type().fields().get(i);
                Object value = values[i];
                if (value != null && !(value instanceof Double number && !Double.isFinite(number))) {
                    json.writeFieldName(field.name());
                    write(json, field.type(), value);
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write an event to memory, but that failed", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, FieldType type, Object value) throws IOException {
        switch (type) {
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case INTEGER -> json.writeNumber((Integer) value);
            case LONG -> json.writeNumber((Long) value);
            case DOUBLE -> json.writeNumber((Double) value);
            case DECIMAL -> json.writeNumber((BigDecimal) value);
            case STRING -> json.writeString((String) value);
            case TIMESTAMP -> json.writeString(Timestamps.format((Long) value));
        }
    }
}
