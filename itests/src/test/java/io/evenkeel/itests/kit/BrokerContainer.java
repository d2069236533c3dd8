// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.broker.BrokerAddress;
import io.evenkeel.broker.BrokerFiles;
import io.evenkeel.broker.BrokerFilesPlan;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.broker.WrittenBroker;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** The real distribution of the broker in a container, with the files that {@code ./evenkeel broker files} writes. */
final class BrokerContainer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final String SERVES = ".*AMQ221007.*";

    private final WrittenBroker written;
    private final GenericContainer<?> container;
    private final Path log;
    private final ErrorWatch errors = new ErrorWatch("broker");
    private final int port = FreePorts.take(1).get(0);

    /** @param folder for its files and its log */
    BrokerContainer(String image, ContainerNetwork network, Path folder) {
        Path files = folder.resolve("broker");
        this.written = write(files, network.brokerHost());
        this.log = folder.resolve("broker.log");
        this.container = new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network.docker())
                .withLabels(Containers.labels())
                .withEnv("EVENKEEL_HEAP", "512m")
                .withCopyFileToContainer(MountableFile.forHostPath(files), "/var/lib/broker")
                .withCreateContainerCmdModifier(
                        new FixedPlace(network.brokerHost(), BrokerSettings.DEFAULT_PORT, port)::apply)
                .waitingFor(Wait.forLogMessage(SERVES, 1).withStartupTimeout(START_LIMIT));
    }

    private static WrittenBroker write(Path files, String host) {
        try {
            // A password in the environment of the build is not this broker's.
            return BrokerFiles.write(
                    BrokerFilesPlan.of(files, new BrokerAddress(host, BrokerSettings.DEFAULT_PORT)), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write the files of a broker, but could not", e);
        }
    }

    /** Returns when clients can connect. */
    void start() {
        container.start();
    }

    /** How nodes reach it. */
    String url() {
        return written.url();
    }

    /** How the test reaches it, also when nodes do not. */
    ConnectionSettings connection() {
        return new ConnectionSettings("broker", "tcp://127.0.0.1:" + port, BrokerSettings.USER, passwordFile());
    }

    Path passwordFile() {
        return Path.of(written.passwordSource());
    }

    /** Lines of its log with ERROR since the last call. */
    List<String> newErrors() {
        return errors.newErrors(ContainerLog.lines(container));
    }

    @Override
    public void close() {
        try {
            ContainerLog.keep(container, log);
        } finally {
            container.stop();
        }
    }
}
