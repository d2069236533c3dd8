// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.EventType.Field;
import io.evenkeel.query.FieldType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows one event type, Flight; a stand-in for the catalog and the decoder of parameterized-queries. */
final class FlightDecoding implements EventDecoding, EventDecoding.TypeDecoding {
    static final EventType FLIGHT = new EventType(
            "Flight", "", List.of(new Field("number", FieldType.INTEGER), new Field("origin", FieldType.STRING)));

    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public Optional<TypeDecoding> find(String eventType) {
        return eventType.equals("Flight") ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Decoded decode(String json) {
        try {
            JsonNode tree = mapper.readTree(json);
            JsonNode number = tree.path("number");
            if (!tree.isObject() || !number.isInt()) {
                return new Refused(new Refusal("WRONG_TYPE", "number", "not an integer: " + number));
            }
            return accepted(number.intValue(), tree.path("origin").textValue());
        } catch (JsonProcessingException e) {
            return new Refused(Refusal.of("NOT_JSON", e.getOriginalMessage()));
        }
    }

    @Override
    public Decoded decode(byte[] json, int offset, int length) {
        return decode(new String(json, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public Decoded decode(Map<String, @Nullable Object> fields) {
        return accepted((Integer) fields.get("number"), (String) fields.get("origin"));
    }

    private static Decoded accepted(@Nullable Integer number, @Nullable String origin) {
        return new Accepted(new Event(FLIGHT, new @Nullable Object[] {number, origin}));
    }
}
