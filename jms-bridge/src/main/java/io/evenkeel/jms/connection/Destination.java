// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import static java.util.Objects.requireNonNull;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.Locale;

/** A queue or topic; {@code queue:flights} or {@code topic:flights} in configurations and definitions. */
public record Destination(Kind kind, String name) {
    /** What consumers of a destination share: a queue's each get a part, a topic's each get all. */
    public enum Kind {
        QUEUE,
        TOPIC
    }

    public Destination {
        requireNonNull(kind, "kind");
        requireNonNull(name, "name");
        // ? begins parameters, :: a queue below an address, and the rest are wildcards or would vanish in a log line.
        if (name.isEmpty() || !name.matches("[^\\s?#*:]+")) {
            throw new IllegalArgumentException(
                    "Expected a name of a destination without spaces and ? # * :, but got '" + name + "'");
        }
    }

    public static Destination queue(String name) {
        return new Destination(Kind.QUEUE, name);
    }

    /**
     * Parse {@code queue:name} or {@code topic:name}; inverse of {@link #toString()}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Destination parse(String text) {
        if (text.startsWith("queue:")) {
            return new Destination(Kind.QUEUE, text.substring(6));
        }
        if (text.startsWith("topic:")) {
            return new Destination(Kind.TOPIC, text.substring(6));
        }
        throw new IllegalArgumentException("Expected queue:NAME or topic:NAME, but got '" + text + "'");
    }

    /** The destination as a session names it. No call to the broker. */
    public jakarta.jms.Destination in(Session session) throws JMSException {
        return kind == Kind.QUEUE ? session.createQueue(name) : session.createTopic(name);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + name;
    }
}
