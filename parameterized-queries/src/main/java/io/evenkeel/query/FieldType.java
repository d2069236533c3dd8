// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The type of a field of an event, and how its values are held in memory.
 *
 * <p>A timestamp is held as milliseconds since the epoch in UTC, because that is what Esper's date-time methods and
 * windows work on without conversion.
 */
public enum FieldType {
    BOOLEAN(Boolean.class),
    INTEGER(Integer.class),
    LONG(Long.class),
    DOUBLE(Double.class),
    DECIMAL(BigDecimal.class),
    STRING(String.class),
    /** ISO 8601 text or a number of milliseconds since the epoch in a document; {@link Long} in memory. */
    TIMESTAMP(Long.class);

    private final Class<?> javaType;

    FieldType(Class<?> javaType) {
        this.javaType = javaType;
    }

    /** The class of each non-null value of this type. */
    public Class<?> javaType() {
        return javaType;
    }

    /** The name in documents: lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Find the type with this name in documents; empty if there is none. */
    public static Optional<FieldType> find(String text) {
        return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
    }
}
