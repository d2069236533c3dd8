// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named value that each instance of a query chooses. All values are of {@code type.javaType()}.
 *
 * @param defaultValue taken by an instance that names none; null: each instance must name one
 * @param minimum      the least value allowed; null: no bound
 * @param maximum      the greatest value allowed; null: no bound
 * @param allowed      the only values allowed; empty: all
 * @param description  for people, its unit above all; empty if there is none
 */
public record Parameter(
        String name,
        ParameterType type,
        @Nullable Object defaultValue,
        @Nullable Object minimum,
        @Nullable Object maximum,
        List<Object> allowed,
        String description) {
    public Parameter {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        allowed = List.copyOf(allowed);
        requireNonNull(description, "description");
    }
}
