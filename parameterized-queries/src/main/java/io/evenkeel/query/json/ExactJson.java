// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.json;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Reads JSON into trees in which every number is as it was written. Any thread. */
public final class ExactJson {
    /** Jackson's own way makes a double of 12345678901234567.89, and 1.5 of 1.50. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private ExactJson() {}
}
