// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BrokerFiles} is to write.
 *
 * @param folder    for all of it, the store of the brokers included
 * @param primary   where clients find the broker, or the first one of a pair
 * @param backup    where they find the second one; null for a broker without one
 * @param exclusive as in {@link BrokerSettings#exclusive()}
 * @param tls       null for connections that anybody on the way can read
 */
public record BrokerFilesPlan(
        Path folder,
        BrokerAddress primary,
        @Nullable BrokerAddress backup,
        List<String> exclusive,
        @Nullable BrokerTls tls) {

    public BrokerFilesPlan {
        folder = requireNonNull(folder, "folder").toAbsolutePath().normalize();
        requireNonNull(primary, "primary");
        exclusive = List.copyOf(exclusive);
        if (primary.equals(backup)) {
            throw new IllegalArgumentException(
                    "Expected primary and backup at two addresses, but both are at %s.".formatted(primary.url()));
        }
    }

    /** One broker without TLS. */
    public static BrokerFilesPlan of(Path folder, BrokerAddress address) {
        return new BrokerFilesPlan(folder, address, null, List.of(), null);
    }

    /** The same as a pair. */
    public BrokerFilesPlan withBackup(BrokerAddress second) {
        return new BrokerFilesPlan(folder, primary, second, exclusive, tls);
    }

    /** The same with TLS. */
    public BrokerFilesPlan withTls(BrokerTls other) {
        return new BrokerFilesPlan(folder, primary, backup, exclusive, other);
    }

    /** Each broker with its address, in the order in which they are to be started. */
    Map<BrokerPart, BrokerAddress> brokers() {
        Map<BrokerPart, BrokerAddress> brokers = new EnumMap<>(BrokerPart.class);
        if (backup == null) {
            brokers.put(BrokerPart.ALONE, primary);
        } else {
            brokers.put(BrokerPart.PRIMARY, primary);
            brokers.put(BrokerPart.BACKUP, backup);
        }
        return brokers;
    }
}
