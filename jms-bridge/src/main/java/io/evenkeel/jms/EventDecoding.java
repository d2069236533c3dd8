// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns bodies into events by the catalog as it is now. Safe for use by many threads. */
public interface EventDecoding {
    /** Find how to decode events of a type; empty if the catalog has no such type. Called for each message: be quick. */
    Optional<TypeDecoding> find(String eventType);

    /** Decodes bodies of one event type. */
    interface TypeDecoding {
        Decoded decode(String json);

        /** @param json UTF-8 */
        Decoded decode(byte[] json, int offset, int length);

        /** @param fields values as a MapMessage holds them */
        Decoded decode(Map<String, @Nullable Object> fields);
    }

    /** What became of a body. */
    sealed interface Decoded permits Accepted, Refused {}

    record Accepted(Event event) implements Decoded {
        public Accepted {
            requireNonNull(event, "event");
        }
    }

    record Refused(Refusal refusal) implements Decoded {
        public Refused {
            requireNonNull(refusal, "refusal");
        }
    }
}
