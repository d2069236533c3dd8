// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The type of a parameter, and the class that a query sees in the place of {@code ?:name}. */
public enum ParameterType {
    BOOLEAN(Boolean.class),
    INTEGER(Integer.class),
    LONG(Long.class),
    DOUBLE(Double.class),
    DECIMAL(BigDecimal.class),
    STRING(String.class),
    /** ISO 8601 text in documents; milliseconds since the epoch in a query. */
    TIMESTAMP(Long.class),
    /** Text like {@code 30 s} in documents; seconds, with fractions, in a query, as Esper's time periods count. */
    DURATION(Double.class);

    private final Class<?> javaType;

    ParameterType(Class<?> javaType) {
        this.javaType = javaType;
    }

    /** The class of each value of this type as the engine gets it. */
    public Class<?> javaType() {
        return javaType;
    }

    /** The name in documents: lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Find the type with this name in documents; empty if there is none. */
    public static Optional<ParameterType> find(String text) {
        return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
    }
}
