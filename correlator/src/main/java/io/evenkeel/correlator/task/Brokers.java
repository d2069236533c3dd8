// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Destination;
import io.evenkeel.tasks.run.FieldCheck;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** The brokers that tasks and jobs may use: those of {@code jms.connections} in the configuration of their node. */
final class Brokers {
    private static final String CONNECTION = "connection";

    private final SortedMap<String, ConnectionSettings> connections;

    Brokers(SortedMap<String, ConnectionSettings> connections) {
        this.connections = Collections.unmodifiableSortedMap(new TreeMap<>(connections));
    }

    /** That they name one, or need not since there is only one. */
    void check(FieldCheck checked, JsonNode settings) {
        if (settings.has(CONNECTION)) {
            checked.text(CONNECTION);
            String name = settings.path(CONNECTION).asText();
            if (!connections.containsKey(name)) {
                checked.fault(
                        CONNECTION,
                        "Expected one of jms.connections in the configuration, " + connections.keySet()
                                + ", but it is '" + name + "'. All nodes that may run this need it.");
            }
        } else if (connections.size() != 1) {
            checked.fault(
                    CONNECTION,
                    "Expected one of jms.connections in the configuration, " + connections.keySet()
                            + ", but it is missing. Name one.");
        }
    }

    /** @throws IllegalStateException if this node does not know it */
    ConnectionSettings named(JsonNode settings) {
        ConnectionSettings found = settings.has(CONNECTION)
                ? connections.get(settings.path(CONNECTION).asText())
                : connections.size() == 1 ? connections.get(connections.firstKey()) : null;
        if (found == null) {
            throw new IllegalStateException("Expected connection "
                    + settings.path(CONNECTION).asText("")
                    + " among jms.connections of this node, but it has " + connections.keySet());
        }
        return found;
    }

    /** That a field is the name of a queue. */
    static void checkQueue(FieldCheck checked, JsonNode settings, String field) {
        checked.text(field);
        String name = settings.path(field).asText();
        if (!name.isBlank()) {
            try {
                Destination.queue(name);
            } catch (IllegalArgumentException e) {
                checked.fault(field, e.getMessage() + ".");
            }
        }
    }
}
