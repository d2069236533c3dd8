// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;

/**
 * What may differ between two Evenkeel brokers. What must not differ is in {@link PromisedSetting}.
 *
 * @param name            of the broker, as its logs and management show it
 * @param host            to bind; loopback unless somebody decides otherwise
 * @param port            for Core, AMQP and STOMP together; 0 for a free one
 * @param data            folder of the journal, the pages and the password; made if it is not there
 * @param exclusive       address patterns whose queues have one active consumer at a time ({@code #} and {@code *} as in
 *                        Artemis): the inputs of strict receivers. Receivers can also ask for it themselves
 * @param maxAddressBytes memory that one address may take before it pages to disk
 * @param pageBytes       size of a page file
 * @param minDiskFreeBytes below this much free disk, producers are held back until there is room again
 */
public record BrokerSettings(
        String name,
        String host,
        int port,
        Path data,
        List<String> exclusive,
        long maxAddressBytes,
        int pageBytes,
        long minDiskFreeBytes) {

    /** The only user; there is no guest. */
    public static final String USER = "evenkeel";

    /** The role that the user has, with every permission. */
    public static final String ROLE = "evenkeel";

    /** The port of a broker unless another one is named. */
    public static final int DEFAULT_PORT = 61616;

    public BrokerSettings {
        requireNonNull(name, "name");
        requireNonNull(host, "host");
        requireNonNull(data, "data");
        if (name.isBlank() || host.isBlank()) {
            throw new IllegalArgumentException(
                    "Expected name and host, but one is blank. name=\"%s\" host=\"%s\"".formatted(name, host));
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("Expected a port from 0 to 65535, but it is " + port);
        }
        exclusive = List.copyOf(exclusive);
        if (exclusive.stream().anyMatch(pattern -> pattern.isBlank() || pattern.equals("#"))) {
            // Output queues and relaxed inputs share their consumers; making every queue exclusive would starve them.
            throw new IllegalArgumentException(
                    "Expected patterns of input queues in exclusive, but one is blank or matches all. exclusive="
                            + exclusive);
        }
        if (pageBytes < 64 * 1024 || maxAddressBytes < pageBytes) {
            throw new IllegalArgumentException(
                    "Expected pageBytes >= 65536 and maxAddressBytes >= pageBytes, but pageBytes=%d maxAddressBytes=%d"
                            .formatted(pageBytes, maxAddressBytes));
        }
        if (minDiskFreeBytes < 0) {
            throw new IllegalArgumentException("minDiskFreeBytes is negative: " + minDiskFreeBytes);
        }
    }

    /** A broker on loopback and port {@value #DEFAULT_PORT} that keeps its data in this folder. */
    public static BrokerSettings of(Path data) {
        return new BrokerSettings(
                "evenkeel", "127.0.0.1", DEFAULT_PORT, data, List.of(), 64L << 20, 4 << 20, 64L << 20);
    }

    /** The same on another port; 0 for a free one. */
    public BrokerSettings withPort(int other) {
        return new BrokerSettings(name, host, other, data, exclusive, maxAddressBytes, pageBytes, minDiskFreeBytes);
    }

    /** The same with these exclusive address patterns. */
    public BrokerSettings withExclusive(String... patterns) {
        return new BrokerSettings(
                name, host, port, data, List.of(patterns), maxAddressBytes, pageBytes, minDiskFreeBytes);
    }

    /** Where the password is, unless the environment names one. */
    public Path passwordFile() {
        return data.resolve("password");
    }
}
