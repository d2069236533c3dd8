// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Files with a JSON object on each line; empty lines are for the reader. */
final class JsonLines {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonLines() {}

    /** An object and the line on which it stands, from 1. */
    record Line(int number, ObjectNode object) {}

    /** @throws DefinitionRefusedException with each line that is no object */
    static List<Line> read(String name, String text) {
        List<Line> lines = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        List<String> raw = text.lines().toList();
        for (int i = 0; i < raw.size(); i++) {
            if (raw.get(i).isBlank()) {
                continue;
            }
            try {
                JsonNode node = JSON.readTree(raw.get(i));
                if (node instanceof ObjectNode object) {
                    lines.add(new Line(i + 1, object));
                } else {
                    faults.add(new Fault(i + 1, "", "Expected a JSON object, but it is " + node + "."));
                }
            } catch (JsonProcessingException e) {
                faults.add(new Fault(
                        i + 1, "", "Expected a JSON object on one line, but it is none: " + e.getOriginalMessage()));
            }
        }
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(name, faults);
        }
        return lines;
    }

    /** True if an object wraps its fields in {@code fields}, and has nothing beside them but what is known. */
    static boolean isEnvelope(ObjectNode object, Set<String> known) {
        return object.path("fields").isObject() && has(object, known);
    }

    /** True if all keys of an object are among these. */
    static boolean has(ObjectNode object, Set<String> known) {
        return known.containsAll(names(object));
    }

    static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected JSON, but it is " + json, e);
        }
    }

    /** What reads as a JSON number or boolean is one; everything else is text. */
    static Object scalar(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node.isIntegralNumber()
                    ? (Object) node.bigIntegerValue()
                    : node.isNumber() ? node.decimalValue() : node.isBoolean() ? (Object) node.booleanValue() : text;
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    /** A string as JSON. */
    static String text(String value) {
        return JsonNodeFactory.instance.textNode(value).toString();
    }

    static Object value(JsonNode value) {
        if (value.isInt()) {
            return value.intValue();
        }
        if (value.isLong()) {
            return value.longValue();
        }
        if (value.isNumber()) {
            return value.doubleValue();
        }
        return value.isBoolean() ? (Object) value.booleanValue() : value.asText();
    }
}
