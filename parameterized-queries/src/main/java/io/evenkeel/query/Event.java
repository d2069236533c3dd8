// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A typed record. Equal by type name and values.
 *
 * <p>The array of values is not copied, neither on the way in nor out: events pass through here at the rate of the
 * broker. Whoever made one must not change it afterwards.
 */
public final class Event {
    private final EventType type;
    private final @Nullable Object[] values;

    /** @param values one for each field of the type, of its {@link FieldType#javaType()} or null */
    public Event(EventType type, @Nullable Object[] values) {
        this.type = requireNonNull(type, "type");
        this.values = requireNonNull(values, "values");
        if (values.length != type.fields().size()) {
            throw new IllegalArgumentException("Expected " + type.fields().size() + " values for event type "
                    + type.name() + ", but got " + values.length);
        }
    }

    public EventType type() {
        return type;
    }

    /** The values in the order of the type's fields. Not a copy: do not change it. */
    public @Nullable Object[] values() {
        return values;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Event that
                && type.name().equals(that.type.name())
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * type.name().hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return type.name() + Arrays.toString(values);
    }
}
