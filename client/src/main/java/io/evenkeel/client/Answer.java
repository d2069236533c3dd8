// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpHeaders;
import java.util.List;

/** An answer of success. */
record Answer(int status, HttpHeaders headers, String body) {
    /**
     * Nodes may be newer than the client and say more. Numbers are as they were written: Jackson's own way makes a double
     * of 12345678901234567.89, and 1.5 of 1.50.
     */
    static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw noJson(e);
        }
    }

    <T> T as(Class<T> type) {
        return as(JSON.constructType(type));
    }

    <T> List<T> asListOf(Class<T> type) {
        return as(JSON.getTypeFactory().constructCollectionType(List.class, type));
    }

    private <T> T as(JavaType type) {
        try {
            return JSON.readValue(body, type);
        } catch (JsonProcessingException e) {
            throw noJson(e);
        }
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    private static EvenkeelException noJson(JsonProcessingException e) {
        return new UnreachableException(
                "Expected JSON of the node, but it is something else. Is it an Evenkeel node?", e);
    }
}
