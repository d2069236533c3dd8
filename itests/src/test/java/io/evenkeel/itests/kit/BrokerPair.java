// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.broker.BrokerAddress;
import io.evenkeel.broker.BrokerFiles;
import io.evenkeel.broker.BrokerFilesPlan;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.broker.BrokerTls;
import io.evenkeel.broker.WrittenBroker;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A primary and a backup on one store, with TLS, of the files that {@code ./evenkeel broker files} writes. For one thread.
 */
public final class BrokerPair implements AutoCloseable {
    private final WrittenBroker written;
    private final PairedBroker primary;
    private final PairedBroker backup;

    private BrokerPair(WrittenBroker written, Path logs, int primaryPort, int backupPort) {
        this.written = written;
        this.primary =
                new PairedBroker("primary", written.starts().get(0), primaryPort, "AMQ221034", logs.resolve("primary"));
        this.backup =
                new PairedBroker("backup", written.starts().get(1), backupPort, "AMQ221109", logs.resolve("backup"));
    }

    /** Write the files and start both; returns when the primary serves and the backup waits. */
    public static BrokerPair start(Path folder) {
        List<Integer> ports = FreePorts.take(2);
        BrokerFilesPlan plan = BrokerFilesPlan.of(
                        folder.resolve("the pair"), new BrokerAddress("127.0.0.1", ports.get(0)))
                .withBackup(new BrokerAddress("127.0.0.1", ports.get(1)))
                .withTls(BrokerTls.selfSigned());
        BrokerPair pair;
        try {
            // A password in the environment of the build is not this pair's.
            pair = new BrokerPair(BrokerFiles.write(plan, Map.of()), folder, ports.get(0), ports.get(1));
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write the files of a pair, but could not", e);
        }
        try {
            pair.primary.start();
            pair.primary.awaitServing();
            pair.backup.start();
            pair.backup.awaitWaiting();
            return pair;
        } catch (RuntimeException | Error e) {
            pair.close();
            throw e;
        }
    }

    /** How clients reach whichever of them serves. */
    public ConnectionSettings connection() {
        return new ConnectionSettings("pair", written.url(), BrokerSettings.USER, Path.of(written.passwordSource()));
    }

    public PairedBroker primary() {
        return primary;
    }

    public PairedBroker backup() {
        return backup;
    }

    /** Lines of both logs with ERROR since the last call. */
    public List<String> newErrors() {
        return Stream.concat(primary.newErrors().stream(), backup.newErrors().stream())
                .toList();
    }

    @Override
    public void close() {
        try {
            backup.close();
        } finally {
            primary.close();
        }
    }
}
