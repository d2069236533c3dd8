// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.verdict;

import java.util.Map;

/**
 * A match that has to come.
 *
 * @param query    name of the query
 * @param instance name of the instance within it
 * @param key      as the property evenkeelKey has it
 * @param place    in the input, of the event at which it arose, from 0
 * @param columns  of the select clause
 */
public record ExpectedMatch(String query, String instance, String key, int place, Map<String, Object> columns) {
    public ExpectedMatch {
        columns = Map.copyOf(columns);
    }
}
