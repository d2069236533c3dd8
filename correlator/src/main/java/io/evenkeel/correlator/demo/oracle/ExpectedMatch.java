// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo.oracle;

import java.util.Map;

/**
 * A match that has to come.
 *
 * @param query    name of the query
 * @param instance name of the instance within it
 * @param key      the airport
 * @param flight   place in the input of the flight at which it arose, from 0
 * @param columns  of the select clause
 */
public record ExpectedMatch(String query, String instance, String key, int flight, Map<String, Object> columns) {
    public ExpectedMatch {
        columns = Map.copyOf(columns);
    }
}
