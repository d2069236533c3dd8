// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;
import java.util.TreeMap;

/** Bodies of matches in a form that can be compared as text: a JSON object with its fields in the order of their names. */
public final class Body {
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private Body() {}

    /** Of values by name. */
    public static String of(Map<String, ?> columns) {
        try {
            return JSON.writeValueAsString(new TreeMap<>(columns));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected values that JSON can hold, but: " + e.getMessage(), e);
        }
    }

    /** Of a body as it came. */
    public static String ordered(String json) {
        try {
            return JSON.writeValueAsString(JSON.readValue(json, Map.class));
        } catch (JsonProcessingException e) {
            return json; // then it equals nothing that was expected, and shows in the verdict as it is
        }
    }
}
