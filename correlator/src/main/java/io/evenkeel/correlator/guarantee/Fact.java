// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import static java.util.Objects.requireNonNull;

/**
 * Something on which a promise rests, as it is now. The components are the names in the API's JSON.
 *
 * @param name  such as {@code cluster.backups} or {@code jms.receivers.flights}
 * @param node  that says so
 * @param value as it is
 */
public record Fact(String name, String node, String value) {
    public Fact {
        requireNonNull(name, "name");
        requireNonNull(node, "node");
        requireNonNull(value, "value");
    }
}
