// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.protocol.core.impl.PacketImpl;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;
import org.jspecify.annotations.Nullable;

/** A real Artemis in this process, reached over TCP only, with the settings of the design that matter to receivers. */
final class TestBroker implements AutoCloseable {
    static final String USER = "evenkeel";
    static final String PASSWORD = "a-password-of-tests";

    private final Path folder;
    private final int port;
    private @Nullable EmbeddedActiveMQ server;

    TestBroker(Path folder) throws Exception {
        this.folder = folder;
        this.port = freePort();
        Files.writeString(passwordFile(), PASSWORD + "\n");
        start();
    }

    /** Below those of outgoing connections: one of those may take what was free, also while the broker is stopped. */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(12_000, 31_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                // Somebody has it; there are thousands of others.
            }
        }
    }

    /** Start; after a stop, on the same port and journal. */
    void start() throws Exception {
        EmbeddedActiveMQ starting = new EmbeddedActiveMQ();
        starting.setConfiguration(configuration());
        SecurityConfiguration users = new SecurityConfiguration();
        users.addUser(USER, PASSWORD);
        users.addRole(USER, "evenkeel");
        ActiveMQJAASSecurityManager security = new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users);
        starting.setSecurityManager(security);
        server = starting;
        starting.start();
    }

    private Configuration configuration() throws Exception {
        Configuration configuration = new ConfigurationImpl();
        configuration.setBrokerInstance(folder.toFile());
        configuration
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setJournalDirectory(folder.resolve("journal").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .setJournalType(JournalType.NIO)
                .setPersistenceEnabled(true)
                .setJMXManagementEnabled(false)
                .setConnectionTTLOverride(6_000)
                .addAcceptorConfiguration("all", "tcp://127.0.0.1:" + port + "?protocols=CORE,AMQP,STOMP");
        configuration.setConnectionTtlCheckInterval(500);
        configuration.addAddressSetting(
                "#",
                new AddressSettings()
                        .setMaxDeliveryAttempts(-1)
                        .setRedeliveryDelay(0)
                        .setNoExpiry(true)
                        .setAutoDeleteAddresses(false)
                        .setAutoDeleteQueues(false)
                        .setEnableIngressTimestamp(true));
        configuration.putSecurityRoles(
                "#",
                Set.of(new Role("evenkeel", true, true, true, true, true, true, true, true, true, true, false, false)));
        return configuration;
    }

    /** Of the clients that connect from now on, the first that has its session stopped gets no answer. */
    void dropNextStop() {
        AtomicBoolean dropped = new AtomicBoolean();
        Interceptor interceptor =
                (packet, connection) -> packet.getType() != PacketImpl.SESS_STOP || dropped.getAndSet(true);
        running().getActiveMQServer().getRemotingService().addIncomingInterceptor(interceptor);
    }

    /** Of the clients that connect from now on, the first that commits is hung up on when that is done: it gets no answer. */
    void loseNextAnswerToACommit() {
        AtomicReference<RemotingConnection> committing = new AtomicReference<>();
        Interceptor watch = (packet, connection) -> {
            if (packet.getType() == PacketImpl.SESS_COMMIT) {
                committing.compareAndSet(null, connection);
            }
            return true;
        };
        Interceptor cut = (packet, connection) -> {
            if (packet.getType() == PacketImpl.NULL_RESPONSE && connection == committing.get()) {
                connection.fail(new ActiveMQNotConnectedException("by the test"));
                return false;
            }
            return true;
        };
        running().getActiveMQServer().getRemotingService().addIncomingInterceptor(watch);
        running().getActiveMQServer().getRemotingService().addOutgoingInterceptor(cut);
    }

    int port() {
        return port;
    }

    ConnectionSettings settings() {
        return new ConnectionSettings("main", "tcp://127.0.0.1:" + port, USER, passwordFile());
    }

    private Path passwordFile() {
        return folder.resolve("password");
    }

    /** After so long the broker lets go of a client that connects from now on and falls silent. */
    void letGoOfTheSilentAfter(Duration time) {
        running().getActiveMQServer().getConfiguration().setConnectionTTLOverride(time.toMillis());
    }

    /** A started connection for the other side of a test. */
    Connection connect() throws JMSException {
        Connection connection = Connections.open(settings(), 1024 * 1024);
        connection.start();
        return connection;
    }

    /** Messages of a queue, those in delivery included; 0 if there is no such queue. */
    long depth(String queue) {
        var found = running().getActiveMQServer().locateQueue(SimpleString.of(queue));
        return found == null ? 0 : found.getMessageCount();
    }

    int consumers(String queue) {
        var found = running().getActiveMQServer().locateQueue(SimpleString.of(queue));
        return found == null ? 0 : found.getConsumerCount();
    }

    int inDelivery(String queue) {
        var found = running().getActiveMQServer().locateQueue(SimpleString.of(queue));
        return found == null ? 0 : found.getDeliveringCount();
    }

    private EmbeddedActiveMQ running() {
        EmbeddedActiveMQ running = server;
        if (running == null) {
            throw new IllegalStateException("The broker of the test is stopped");
        }
        return running;
    }

    /** Stop without waiting for clients. */
    void stop() throws Exception {
        EmbeddedActiveMQ running = running();
        server = null;
        running.getActiveMQServer().fail(false);
    }

    @Override
    public void close() {
        EmbeddedActiveMQ running = server;
        if (running != null) {
            try {
                running.stop();
            } catch (Exception e) { // it is declared so
                throw new IllegalStateException("Expected the broker to stop. port=" + port, e);
            }
        }
    }
}
