// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import static java.util.Objects.requireNonNull;

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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A primary and a backup, on one store or replicated, with TLS, of the files that {@code ./evenkeel broker files} writes. For
 * one thread.
 */
public final class BrokerPair implements AutoCloseable {
    /** What one that replicates logs when it has all that the other one has. */
    public static final String IN_SYNC = "AMQ221024";

    /** What a primary on one store logs that waits for the other one to end. */
    static final String PRIMARY_WAITS = "AMQ221034";

    /** The same of a backup. */
    static final String BACKUP_WAITS = "AMQ221109";

    private final WrittenBroker written;
    private final PairedBroker primary;
    private final PairedBroker backup;
    /** Between the primary on one side, the backup and the lock manager on the other. */
    private final List<TcpProxy> aroundPrimary = new ArrayList<>();

    private BrokerPair(BrokerFilesPlan plan, String primaryWaiting, String backupWaiting) {
        try {
            // A password in the environment of the build is not this pair's.
            this.written = BrokerFiles.write(plan, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write the files of a pair, but could not", e);
        }
        Path logs = requireNonNull(plan.folder().getParent(), "parent");
        this.primary = new PairedBroker(
                "primary", written.starts().get(0), plan.primary().port(), primaryWaiting, logs.resolve("primary"));
        this.backup = new PairedBroker(
                "backup",
                written.starts().get(1),
                requireNonNull(plan.backup(), "backup").port(),
                backupWaiting,
                logs.resolve("backup"));
    }

    /** On one store; returns when the primary serves and the backup waits. */
    public static BrokerPair start(Path folder) {
        return new BrokerPair(plan(folder), PRIMARY_WAITS, BACKUP_WAITS).start();
    }

    /** Each with a store of its own; returns when the primary serves and the backup has all that it has. */
    public static BrokerPair startReplicated(Path folder, LockServer locks) {
        BrokerFilesPlan plan = plan(folder);
        int primaryPort = plan.primary().port();
        int backupPort = requireNonNull(plan.backup(), "backup").port();
        BrokerPair pair = new BrokerPair(plan, IN_SYNC, IN_SYNC);
        int toPrimary = pair.standBefore(primaryPort);
        Replication.set(pair.primary.folder(), toPrimary, backupPort, pair.standBefore(locks.port()));
        Replication.set(pair.backup.folder(), backupPort, toPrimary, locks.port());
        return pair.start();
    }

    private int standBefore(int port) {
        TcpProxy proxy = new TcpProxy(
                "127.0.0.1",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                TcpProxy.FINE,
                new Random(0)); // of no effect in this weather
        aroundPrimary.add(proxy);
        return proxy.port();
    }

    /** Of a replicated pair: the primary and the two others hear nothing of each other; clients reach all. */
    public void cutPrimaryOff() {
        aroundPrimary.forEach(TcpProxy::cut);
    }

    /** The end of that. */
    public void joinPrimary() {
        aroundPrimary.forEach(TcpProxy::heal);
    }

    static BrokerFilesPlan plan(Path folder) {
        List<Integer> ports = FreePorts.take(2);
        return BrokerFilesPlan.of(folder.resolve("the pair"), new BrokerAddress("127.0.0.1", ports.get(0)))
                .withBackup(new BrokerAddress("127.0.0.1", ports.get(1)))
                .withTls(BrokerTls.selfSigned());
    }

    private BrokerPair start() {
        try {
            primary.start();
            primary.awaitServing();
            backup.start();
            backup.awaitWaiting();
            return this;
        } catch (RuntimeException | Error e) {
            close();
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
        // The backup first, lest it take over; each, whatever becomes of the others.
        try (primary;
                backup) {
        } finally {
            aroundPrimary.forEach(TcpProxy::close);
        }
    }
}
