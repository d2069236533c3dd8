// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.json;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import java.util.function.Function;

/** What became of a body: an event, or the reason why it is none. */
public sealed interface Decoded {

    /** Choose by outcome; a new outcome breaks its callers at compile time. */
    <R> R fold(Function<Accepted, R> accepted, Function<Refused, R> refused);

    /** Why a body is no event. The names are stable: they stand in properties of rejected messages and in metrics. */
    enum Reason {
        /** Not JSON in UTF-8, or not to its end. */
        NOT_JSON,
        /** JSON, but not an object. */
        NOT_AN_OBJECT,
        /** An object and then something else. */
        TRAILING_CONTENT,
        /** A field of the type stands twice. */
        DUPLICATE_FIELD,
        /** Nested deeper, or a number or name longer, than an event needs. */
        BEYOND_LIMITS,
        /** The value of a field is of another type. */
        WRONG_TYPE,
        /** The value of a field is of the right type, but too large for it. */
        OUT_OF_RANGE
    }

    /** The body fits. */
    record Accepted(Event event) implements Decoded {
        public Accepted {
            requireNonNull(event, "event");
        }

        @Override
        public <R> R fold(Function<Accepted, R> accepted, Function<Refused, R> refused) {
            return accepted.apply(this);
        }
    }

    /**
     * The body does not fit. The same body will never fit this type.
     *
     * @param field   at fault; empty if it is the body as a whole
     * @param message what was expected and what is there, one line, the value cut at 200 characters
     */
    record Refused(Reason reason, String field, String message) implements Decoded {
        public Refused {
            requireNonNull(reason, "reason");
            requireNonNull(field, "field");
            requireNonNull(message, "message");
        }

        @Override
        public <R> R fold(Function<Accepted, R> accepted, Function<Refused, R> refused) {
            return refused.apply(this);
        }
    }
}
