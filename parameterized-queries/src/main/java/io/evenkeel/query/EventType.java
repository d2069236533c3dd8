// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The schema of a kind of event: a name and typed fields in a fixed order.
 *
 * @param name        an identifier; what queries and the property {@code MESSAGE_TYPE} say
 * @param description for people; empty if there is none
 * @param fields      in the order in which the values of an {@link Event} stand; names are unique
 */
public record EventType(String name, String description, List<Field> fields) {

    /** A named and typed field. */
    public record Field(String name, FieldType type) {
        public Field {
            requireNonNull(name, "name");
            requireNonNull(type, "type");
        }
    }

    public EventType {
        requireNonNull(name, "name");
        requireNonNull(description, "description");
        fields = List.copyOf(fields);
        Map<String, Field> seen = new HashMap<>();
        for (Field field : fields) {
            if (seen.put(field.name(), field) != null) {
                throw new IllegalArgumentException("Event type " + name + " has two fields named " + field.name());
            }
        }
    }

    /** The position of a field in the values of an event; empty if there is no such field. Linear: cache the answer. */
    public OptionalInt indexOf(String field) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(field)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
