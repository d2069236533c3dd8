// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.broker.BrokerProcess;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a cluster, in a JVM of its own; comes back on the same port and journal. Or one that the test runs itself,
 * which can be asked and set here, and not be hurt. For one thread.
 */
public final class Broker implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final ConnectionSettings connection;
    private final @Nullable BrokerSettings settings;
    private final Map<String, String> variables;
    private final List<String> printed = new ArrayList<>();
    private final ErrorWatch errors = new ErrorWatch("broker");
    private final @Nullable Path log;
    private @Nullable BrokerProcess process;

    /**
     * @param log       where what it prints is kept when it ends
     * @param variables of its process
     */
    Broker(Path data, Path log, Map<String, String> variables) {
        this.log = log;
        this.variables = variables;
        settings = BrokerSettings.of(data).withPort(FreePorts.take(1).get(0));
        connection = new ConnectionSettings(
                "broker", "tcp://127.0.0.1:" + settings.port(), BrokerSettings.USER, settings.passwordFile());
        process = open(settings);
    }

    private Broker(ConnectionSettings others) {
        connection = others;
        settings = null;
        variables = Map.of();
        log = null;
        process = null;
    }

    /** One that somebody else runs. */
    static Broker at(ConnectionSettings others) {
        return new Broker(others);
    }

    private BrokerProcess open(BrokerSettings settings) {
        try {
            return BrokerProcess.start(settings, START_LIMIT, variables, this::keep);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected a broker, but: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the broker started", e);
        }
    }

    private void keep(String line) {
        synchronized (printed) {
            printed.add(line);
        }
    }

    /** What it printed in all its lives: warnings and errors. Nothing of one that the test runs itself. */
    private List<String> lines() {
        synchronized (printed) {
            return List.copyOf(printed);
        }
    }

    /** Lines of its log with ERROR since the last call. */
    List<String> newErrors() {
        return errors.newErrors(lines());
    }

    /** How clients reach it. */
    public ConnectionSettings connection() {
        return connection;
    }

    String url() {
        return connection.url();
    }

    int port() {
        return ours(settings).port();
    }

    Path passwordFile() {
        return connection.passwordFile();
    }

    private static <T> T ours(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException(
                    "Expected a broker of the cluster's own, but the test runs this one itself");
        }
        return part;
    }

    /** {@code kill -9}, and nothing in its place. */
    public void kill() {
        try {
            ours(process).kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGSTOP: clients stay connected and get no answer. */
    public void freeze() {
        Signal.STOP.send(ours(process).pid(), "the broker");
    }

    /** SIGCONT. */
    public void thaw() {
        Signal.CONT.send(ours(process).pid(), "the broker");
    }

    /** Let an address hold so many bytes and then make its senders wait, as an operator may; until the next restart. */
    public void blockAt(String address, long bytes) {
        change(
                address,
                "{\"addressFullMessagePolicy\":\"BLOCK\",\"pageSizeBytes\":" + bytes / 2 + ",\"maxSizeBytes\":" + bytes
                        + "}");
    }

    /** Change settings of an address while the broker runs, as an operator may; until the next restart. */
    public void change(String address, String json) {
        new BrokerQuestion(connection).operation("broker", "addAddressSettings", address, json);
    }

    /**
     * Let what comes to an address go to a queue as well, as it came, with the time at which the broker took it. The queue is
     * made unless it is there.
     */
    public void copy(String address, String queue) {
        BrokerQuestion broker = new BrokerQuestion(connection);
        broker.operation(
                "broker",
                "createQueue",
                "{\"name\":\"" + queue + "\",\"address\":\"" + queue
                        + "\",\"routing-type\":\"ANYCAST\",\"durable\":true}",
                true);
        broker.operation(
                "broker",
                "createDivert",
                "{\"name\":\"to-" + queue + "\",\"routing-name\":\"to-" + queue + "\",\"address\":\"" + address
                        + "\",\"forwarding-address\":\"" + queue
                        + "\",\"routing-type\":\"ANYCAST\",\"exclusive\":false}");
    }

    /** Take one message of a queue away from whoever reads it, as soon as there is one. */
    public void steal(String queue, Duration limit) {
        try (RawQueue thief = new RawQueue(connection, queue)) {
            if (thief.take(1, limit).isEmpty()) {
                throw new AssertionError("Expected a message in " + queue + " to take away, but none came");
            }
        }
    }

    /** Messages in a queue; 0 if nobody made it. */
    public long depth(String queue) {
        return new QueueProbe(connection).depth(queue).messages();
    }

    /** Messages of a queue that a consumer has and has not finished; 0 if nobody made it. */
    public long inDelivery(String queue) {
        return new QueueProbe(connection).depth(queue).inDelivery();
    }

    /** How many sessions are there to read a queue; -1 if the broker does not answer. */
    public long consumers(String queue) {
        return new QueueProbe(connection).consumers(queue);
    }

    /** Start again after a kill; returns when clients can connect. */
    public void restart() {
        process = open(ours(settings));
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        if (log != null) {
            try {
                Files.write(log, lines());
            } catch (IOException e) {
                throw new UncheckedIOException("Expected to write " + log + ", but could not", e);
            }
        }
    }
}
