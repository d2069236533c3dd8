// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

import io.evenkeel.broker.BrokerStartException.Reason;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.ActivateCallback;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Artemis broker in this process that serves Core, AMQP and STOMP on one port, with every {@link PromisedSetting}.
 *
 * <p>It starts once; for a restart make another one with the same settings (and {@link #port} if that was free choice). If a
 * part of the broker hangs, Artemis halts the whole process: do not put a node into the same one.
 *
 * <p><b>Threads.</b> All methods may be called from any thread; {@link #start} and {@link #close} one at a time.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

    static {
        ArtemisJson.load();
    }

    private final BrokerSettings settings;
    private final Map<String, String> environment;
    private @Nullable DataFolderLock lock;
    private @Nullable BrokerPassword password;
    private @Nullable EmbeddedActiveMQ artemis;
    private volatile int actualPort;
    private volatile boolean closing;
    private volatile boolean stoppedByItself;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** A broker with these settings, not started. */
    public EmbeddedBroker(BrokerSettings settings) {
        this(settings, System.getenv());
    }

    EmbeddedBroker(BrokerSettings settings, Map<String, String> environment) {
        this.settings = requireNonNull(settings, "settings");
        this.environment = Map.copyOf(environment);
    }

    /**
     * Start, and return when clients can connect.
     *
     * @return this
     * @throws BrokerStartException  with nothing left running and the folder unlocked
     * @throws IllegalStateException if it was started before
     */
    public synchronized EmbeddedBroker start() throws BrokerStartException {
        return start(BrokerConfiguration.of(settings));
    }

    /** As {@link #start()}, with a configuration that a test has bent. */
    synchronized EmbeddedBroker start(Configuration configuration) throws BrokerStartException {
        if (artemis != null) {
            throw new IllegalStateException("Expected a new broker, but it was started before. Make another one.");
        }
        lock = DataFolderLock.take(settings.data());
        try {
            password = readPassword();
            artemis = launch(configuration, password);
            return this;
        } catch (BrokerStartException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private BrokerPassword readPassword() throws BrokerStartException {
        try {
            return BrokerPassword.resolve(environment, settings.passwordFile());
        } catch (IOException e) {
            throw new BrokerStartException(
                    Reason.NO_ACCESS,
                    "Expected to read or make the password file %s, but that failed. error=%s"
                            .formatted(settings.passwordFile(), e.getMessage()),
                    e);
        }
    }

    private EmbeddedActiveMQ launch(Configuration configuration, BrokerPassword secret) throws BrokerStartException {
        SecurityConfiguration users = new SecurityConfiguration();
        users.addUser(BrokerSettings.USER, secret.value());
        users.addRole(BrokerSettings.USER, BrokerSettings.ROLE);
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ()
                .setConfiguration(configuration)
                .setSecurityManager(new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users));
        // Artemis logs what goes wrong in activation and returns from start() as if all were well.
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try {
            broker.createActiveMQServer();
            broker.getActiveMQServer().registerActivationFailureListener(failure::set);
            broker.getActiveMQServer().registerActivateCallback(new ActivateCallback() {
                @Override
                public void deActivate() {
                    stoppedByItself = !closing;
                    stopped.countDown();
                }
            });
            broker.start();
            if (failure.get() == null) {
                actualPort = listeningPort(broker.getActiveMQServer());
            }
        } catch (Exception e) {
            failure.set(e);
        }
        Exception cause = failure.get();
        if (cause != null) {
            stop(broker);
            throw explain(cause);
        }
        return broker;
    }

    private static int listeningPort(ActiveMQServer server) {
        return ((NettyAcceptor) server.getRemotingService().getAcceptor(BrokerConfiguration.ACCEPTOR)).getActualPort();
    }

    private BrokerStartException explain(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // Netty's native transport throws its own subclass of IOException with the text of errno.
            boolean inUse = cause instanceof BindException
                    || String.valueOf(cause.getMessage()).contains("in use");
            if (inUse) {
                return new BrokerStartException(
                        Reason.PORT_IN_USE,
                        "Expected to listen on %s:%d, but the address cannot be bound: is another program there? error=%s."
                                        .formatted(settings.host(), settings.port(), cause.getMessage())
                                + " Stop it, or name another port (0 for a free one).",
                        failure);
            }
        }
        return new BrokerStartException(
                Reason.FAILED,
                "Expected the broker to start, but Artemis failed. data=%s error=%s"
                        .formatted(settings.data(), failure),
                failure);
    }

    /** The port it listens on: the free one if the settings ask for that. */
    public int port() {
        if (actualPort == 0) {
            throw new IllegalStateException("Expected a running broker, but it has not been started.");
        }
        return actualPort;
    }

    /** For Core clients. AMQP and STOMP use the same host and port. */
    public String url() {
        return "tcp://%s:%d".formatted(settings.host(), port());
    }

    /** The settings that it was made with. */
    public BrokerSettings settings() {
        return settings;
    }

    /** For clients in this process. Never log it. */
    public synchronized String password() {
        return requireNonNull(password, "not started").value();
    }

    /** Where clients of other processes find the password: a file, or the name of the environment variable. */
    public synchronized String passwordSource() {
        return requireNonNull(password, "not started").source();
    }

    /**
     * Wait until clients can connect. {@link #start} has waited already; this is for other threads.
     *
     * @return whether it serves
     */
    public boolean awaitReady(Duration limit) throws InterruptedException {
        EmbeddedActiveMQ broker;
        synchronized (this) {
            broker = artemis;
        }
        return broker != null
                && broker.getActiveMQServer().waitForActivation(limit.toMillis(), TimeUnit.MILLISECONDS)
                && broker.getActiveMQServer().getRemotingService().isStarted();
    }

    /**
     * Wait until it has stopped. Artemis stops by itself when it cannot write to its journal, for example.
     *
     * @return true after {@link #close}, false if it stopped by itself
     */
    public boolean awaitStopped() throws InterruptedException {
        stopped.await();
        return !stoppedByItself;
    }

    boolean stoppedByItself() {
        return stoppedByItself;
    }

    /** Messages in a queue, delivered but unacknowledged ones included; 0 if there is no such queue. */
    public synchronized long countMessages(String queue) {
        Queue found = artemis == null ? null : artemis.getActiveMQServer().locateQueue(queue);
        return found == null ? 0 : found.getMessageCount();
    }

    /** For tests of this package. */
    synchronized ActiveMQServer server() {
        return requireNonNull(artemis, "not started").getActiveMQServer();
    }

    /** Stop cleanly; a second call does nothing. What clients have not committed is redelivered after the next start. */
    @Override
    public synchronized void close() {
        closing = true;
        if (artemis != null) {
            stop(artemis);
        }
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("Expected to release the lock of data={}, but that failed.", settings.data(), e);
            }
            lock = null;
        }
    }

    private static void stop(EmbeddedActiveMQ broker) {
        try {
            broker.stop();
        } catch (Exception e) {
            // The journal is safe without a clean stop; the next start reads it.
            LOG.warn("Expected the broker to stop cleanly, but it did not.", e);
        }
    }
}
