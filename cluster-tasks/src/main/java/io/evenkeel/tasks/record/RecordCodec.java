// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import io.evenkeel.query.json.ExactJson;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Records as JSON. Fields that a newer version knows are passed over. Any thread. */
public final class RecordCodec {
    private static final ObjectReader READER =
            ExactJson.MAPPER.reader().without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private RecordCodec() {}

    public static byte[] encode(Record value) {
        try {
            return ExactJson.MAPPER.writeValueAsBytes(value);
        } catch (IOException e) {
            throw new UncheckedIOException("A record is plain data and can be written", e);
        }
    }

    /** @throws IllegalArgumentException if it is not such a record */
    public static <T extends Record> T decode(byte[] json, Class<T> type) {
        try {
            return READER.forType(type).readValue(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("Expected a " + type.getSimpleName() + ", but " + e.getMessage(), e);
        }
    }
}
