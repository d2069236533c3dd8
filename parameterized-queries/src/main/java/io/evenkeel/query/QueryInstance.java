// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A query with a value for each of its parameters.
 *
 * @param values one for each parameter of the query, defaults filled in, each of its type's java class
 */
public record QueryInstance(InstanceId id, SortedMap<String, Object> values) {
    public QueryInstance {
        requireNonNull(id, "id");
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }
}
