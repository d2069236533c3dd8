// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.EventPropertyDescriptor;
import com.espertech.esper.common.client.EventPropertyGetter;
import com.espertech.esper.common.client.EventType;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of one statement as JSON objects. Rows, and what they contain, may be events of any kind, maps,
 * collections, arrays and values; a number that JSON cannot say (NaN, infinite) becomes null.
 */
final class BodyWriter {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private record Column(String name, EventPropertyGetter getter, boolean fragment) {}

    private final EventType rowType;
    private final List<Column> rowColumns;
    private final Map<EventType, List<Column>> columns = new HashMap<>();

    BodyWriter(EventType rowType) {
        this.rowType = rowType;
        this.rowColumns = columns(rowType);
    }

    String write(EventBean row) {
        StringWriter text = new StringWriter(128);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writeEvent(json, row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void writeEvent(JsonGenerator json, EventBean event) throws IOException {
        EventType type = event.getEventType();
        json.writeStartObject();
        for (Column column : type == rowType ? rowColumns : columns.computeIfAbsent(type, BodyWriter::columns)) {
            json.writeFieldName(column.name());
            Object fragment = column.fragment() ? column.getter().getFragment(event) : null;
            writeValue(json, fragment != null ? fragment : column.getter().get(event));
        }
        json.writeEndObject();
    }

    private void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Number number) {
            writeNumber(json, number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof EventBean event) {
            writeEvent(json, event);
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                writeValue(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> values) {
            json.writeStartArray();
            for (Object each : values) {
                writeValue(json, each);
            }
            json.writeEndArray();
        } else if (value.getClass().isArray()) {
            json.writeStartArray();
            for (int i = 0; i < Array.getLength(value); i++) {
                writeValue(json, Array.get(value, i));
            }
            json.writeEndArray();
        } else {
            json.writeString(value.toString());
        }
    }

    private static void writeNumber(JsonGenerator json, Number number) throws IOException {
        if (number instanceof BigDecimal decimal) {
            json.writeNumber(decimal);
        } else if (number instanceof BigInteger integer) {
            json.writeNumber(integer);
        } else if (number instanceof Double || number instanceof Float) {
            if (Double.isFinite(number.doubleValue())) {
                json.writeNumber(number.doubleValue());
            } else {
                json.writeNull();
            }
        } else {
            json.writeNumber(number.longValue());
        }
    }

    private static List<Column> columns(EventType type) {
        List<Column> columns = new ArrayList<>();
        for (EventPropertyDescriptor property : type.getPropertyDescriptors()) {
            String name = property.getPropertyName();
            if (!name.startsWith(KeyContexts.COLUMN_PREFIX)) {
                columns.add(new Column(name, type.getGetter(name), property.isFragment()));
            }
        }
        return columns;
    }
}
