// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

/**
 * Where clients find a broker.
 *
 * @param host name or address, as clients have it; the broker listens on it unless {@code EVENKEEL_BROKER_BIND} says where
 * @param port for Core, AMQP and STOMP together
 */
public record BrokerAddress(String host, int port) {
    public BrokerAddress {
        requireNonNull(host, "host");
        // It goes into a URL and, as it is, into a script and into XML.
        if (!host.matches("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+]")) {
            throw new IllegalArgumentException(
                    "Expected the name or address of a host, but it is \"%s\".".formatted(host));
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("Expected a port from 1 to 65535, but it is " + port + ".");
        }
    }

    /** For Core clients. */
    String url() {
        return "tcp://" + host + ":" + port;
    }
}
