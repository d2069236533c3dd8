// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * A match on its way out: a text message.
 *
 * @param destination in the form {@code queue:name} or {@code topic:name}
 * @param properties  string properties of the message, by name
 * @param body        JSON
 * @param persistent  false: it is gone if the broker ends before it was read
 */
public record OutboundMatch(String destination, Map<String, String> properties, String body, boolean persistent) {
    public OutboundMatch {
        requireNonNull(destination, "destination");
        properties = Map.copyOf(properties);
        requireNonNull(body, "body");
    }
}
