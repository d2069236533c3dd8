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
 * @param description  for people; empty if there is none
 * @param unit         of the values, such as minutes or EUR, for people; empty if they have none
 */
public record Parameter(
        String name,
        ParameterType type,
        @Nullable Object defaultValue,
        @Nullable Object minimum,
        @Nullable Object maximum,
        List<Object> allowed,
        String description,
        String unit) {
    public Parameter {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        allowed = List.copyOf(allowed);
        requireNonNull(description, "description");
        requireNonNull(unit, "unit");
    }

    /** A parameter without a unit. */
    public Parameter(
            String name,
            ParameterType type,
            @Nullable Object defaultValue,
            @Nullable Object minimum,
            @Nullable Object maximum,
            List<Object> allowed,
            String description) {
        this(name, type, defaultValue, minimum, maximum, allowed, description, "");
    }

    /** A bound or a value with the unit behind it. */
    public String withUnit(Object value) {
        return unit.isEmpty() ? String.valueOf(value) : value + " " + unit;
    }
}
