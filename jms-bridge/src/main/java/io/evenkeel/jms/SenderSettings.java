// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.connection.Destination;

/**
 * Where matches may go. A match is sent in the session that received its cause, so a sender has no connection at work of
 * its own: the report of guarantees names a sender whose connection no receiver has.
 *
 * @param name       unique in its node
 * @param connection name of the connection; the receivers whose matches go here use the same
 * @param persistent false: matches are outside the guarantee when the broker dies
 */
public record SenderSettings(
        String name, String connection, Destination destination, Reliability reliability, boolean persistent) {
    public SenderSettings {
        requireNonNull(name, "name");
        requireNonNull(connection, "connection");
        requireNonNull(destination, "destination");
        requireNonNull(reliability, "reliability");
        if (reliability != Reliability.BEST_EFFORT) {
            throw new IllegalArgumentException(
                    "Expected reliability BEST_EFFORT, but sender " + name + " has " + reliability);
        }
    }
}
