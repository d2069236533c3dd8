// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.broker.BrokerXml;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** The real distribution of the broker in a container, with the file that we write for it and a user of its own. */
final class BrokerContainer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final String INSTANCE = "/var/lib/broker/";
    private static final String SERVES = ".*AMQ221007.*";

    private final GenericContainer<?> container;
    private final ContainerNetwork network;
    private final Path folder;
    private final String password = UUID.randomUUID().toString();
    private final int port = FreePorts.take(1).get(0);

    /** @param folder for its password and its log */
    BrokerContainer(String image, ContainerNetwork network, Path folder) {
        this.network = network;
        this.folder = folder;
        this.container = new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network.docker())
                .withLabels(Containers.labels())
                .withCopyToContainer(Transferable.of(BrokerXml.render(settings())), INSTANCE + "etc/broker.xml")
                .withCopyToContainer(
                        Transferable.of(BrokerSettings.USER + "=" + password + "\n"),
                        INSTANCE + "etc/artemis-users.properties")
                .withCopyToContainer(
                        Transferable.of(BrokerSettings.ROLE + "=" + BrokerSettings.USER + "\n"),
                        INSTANCE + "etc/artemis-roles.properties")
                .withCreateContainerCmdModifier(
                        new FixedPlace(network.brokerHost(), BrokerSettings.DEFAULT_PORT, port)::apply)
                .waitingFor(Wait.forLogMessage(SERVES, 1).withStartupTimeout(START_LIMIT));
    }

    private static BrokerSettings settings() {
        BrokerSettings usual = BrokerSettings.of(Path.of(INSTANCE, "data"));
        return new BrokerSettings(
                usual.name(),
                "0.0.0.0",
                BrokerSettings.DEFAULT_PORT,
                usual.data(),
                List.of(),
                usual.maxAddressBytes(),
                usual.pageBytes(),
                usual.minDiskFreeBytes());
    }

    /** Returns when clients can connect. */
    void start() {
        try {
            Files.createDirectories(folder);
            Files.writeString(passwordFile(), password);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write " + passwordFile() + ", but could not", e);
        }
        container.start();
    }

    /** How nodes reach it. */
    String url() {
        return "tcp://" + network.brokerHost() + ":" + BrokerSettings.DEFAULT_PORT;
    }

    /** How the test reaches it, also when nodes do not. */
    ConnectionSettings connection() {
        return new ConnectionSettings("broker", "tcp://127.0.0.1:" + port, BrokerSettings.USER, passwordFile());
    }

    String password() {
        return password;
    }

    private Path passwordFile() {
        return folder.resolve("password");
    }

    @Override
    public void close() {
        ContainerLog.keep(container, folder.resolve("broker.log"));
        container.stop();
    }
}
