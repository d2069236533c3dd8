// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import static java.util.Objects.requireNonNull;

import io.evenkeel.broker.BrokerFiles;
import io.evenkeel.broker.BrokerFilesPlan;
import io.evenkeel.broker.BrokerPart;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.broker.WrittenBroker;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A primary and a backup on one store, with TLS, as the {@code compose.yaml} starts them that {@code ./evenkeel broker files}
 * writes. For one thread.
 */
public final class ComposedPair implements AutoCloseable {
    private final Path folder;
    private final WrittenBroker written;
    private final Compose compose;
    private final List<ComposedBroker> brokers = new ArrayList<>();
    private final Thread reaper = new Thread(this::remove, "composed-pair-reaper");

    private ComposedPair(BrokerFilesPlan plan) {
        this.folder = requireNonNull(plan.folder().getParent(), "parent");
        try {
            // A password in the environment of the build is not this pair's.
            this.written = BrokerFiles.write(plan, Map.of());
            this.compose = new Compose(
                    "evenkeel-it-" + ProcessHandle.current().pid(),
                    List.of(plan.folder().resolve("compose.yaml"), labels()),
                    Map.of(
                            "ARTEMIS_HOME",
                            ServerProcess.distribution().toString(),
                            "EVENKEEL_JRE_IMAGE",
                            requireNonNull(Containers.images("base").get("base")),
                            "EVENKEEL_HEAP",
                            "512m",
                            "EVENKEEL_JAVA_OPTS",
                            "-XX:+UseSerialGC"),
                    folder.resolve("compose.log"));
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write the files of a pair, but could not", e);
        }
    }

    /** By these {@link Containers} knows what a test left that was killed. */
    private Path labels() throws IOException {
        StringBuilder labels = new StringBuilder("{");
        Containers.labels().forEach((name, value) -> labels.append("%s: \"%s\"".formatted(name, value)));
        labels.append('}');
        return Files.writeString(folder.resolve("labels.yaml"), """
                services:
                  primary: {labels: %1$s}
                  backup: {labels: %1$s}
                networks:
                  default: {labels: %1$s}
                """.formatted(labels));
    }

    /** Both at once; returns when the primary serves and the backup waits. */
    public static ComposedPair start(Path folder) {
        Containers.removeLeftovers();
        BrokerFilesPlan plan = BrokerPair.plan(folder);
        ComposedPair pair = new ComposedPair(plan);
        Runtime.getRuntime().addShutdownHook(pair.reaper);
        try {
            pair.up();
            pair.brokers.add(pair.broker(BrokerPart.PRIMARY, plan.primary().port(), BrokerPair.PRIMARY_WAITS));
            pair.brokers.add(pair.broker(
                    BrokerPart.BACKUP, requireNonNull(plan.backup(), "backup").port(), BrokerPair.BACKUP_WAITS));
            pair.primary().awaitServing();
            pair.backup().awaitWaiting();
            return pair;
        } catch (RuntimeException | Error e) {
            try {
                pair.close();
            } catch (RuntimeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private ComposedBroker broker(BrokerPart part, int port, String waiting) {
        return new ComposedBroker(compose, part.folder(), port, waiting);
    }

    /** {@code compose up}: start what does not run. */
    public void up() {
        compose.run("up", "--detach");
    }

    /** How clients reach whichever of them serves. */
    public ConnectionSettings connection() {
        return new ConnectionSettings("pair", written.url(), BrokerSettings.USER, Path.of(written.passwordSource()));
    }

    public ComposedBroker primary() {
        return brokers.get(0);
    }

    public ComposedBroker backup() {
        return brokers.get(1);
    }

    /** Lines of both logs with ERROR since the last call. */
    public List<String> newErrors() {
        return Stream.concat(primary().newErrors().stream(), backup().newErrors().stream())
                .toList();
    }

    private void remove() {
        compose.run("down", "--volumes", "--timeout", "10");
    }

    /** Keeps the logs of all that was started, and removes it. */
    @Override
    public void close() {
        try {
            brokers.forEach(broker -> broker.keepLog(folder));
        } finally {
            remove();
            try {
                Runtime.getRuntime().removeShutdownHook(reaper);
            } catch (IllegalStateException e) {
                // This JVM is ending.
            }
        }
    }
}
