// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs an {@link EmbeddedBroker} in the foreground until SIGTERM or SIGINT.
 *
 * <p>Prints one line that starts with {@code ready} when clients can connect. Exit codes: 0 stopped cleanly, 1 did not
 * start or stopped by itself, 2 wrong arguments.
 */
public final class BrokerMain {

    static final int STOPPED = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;

    static final String USAGE = "usage: [--port PORT] [--data DIR] [--exclusive QUEUE-PATTERN]...";

    private BrokerMain() {}

    /** Arguments: {@code [--port PORT] [--data DIR] [--exclusive QUEUE-PATTERN]...}. */
    public static void main(String[] args) {
        BrokerSettings settings;
        try {
            settings = parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(WRONG_USE);
            return;
        }
        System.exit(serve(settings, System.out, System.err));
    }

    /**
     * Start, print the ready line and block until the process is told to end; a hook then stops the broker cleanly and ends
     * the process with 0. Returns only if the start failed, with the exit code.
     */
    public static int serve(BrokerSettings settings, PrintStream out, PrintStream err) {
        EmbeddedBroker broker = new EmbeddedBroker(settings);
        try {
            broker.start();
        } catch (BrokerStartException e) {
            err.println(e.getMessage());
            return FAILED;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, out), "evenkeel-broker-stop"));
        out.println(readyLine(broker));
        out.flush();
        try {
            if (broker.awaitStopped()) {
                return STOPPED;
            }
            err.println("Expected the broker to serve until it is told to stop, but it stopped by itself. data="
                    + settings.data() + ". The log says why; a full or broken disk is the usual reason.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            broker.close();
        }
        return FAILED;
    }

    /** What a starter waits for; no secret in it. */
    public static String readyLine(EmbeddedBroker broker) {
        return "ready url=%s user=%s password=%s data=%s"
                .formatted(
                        broker.url(),
                        BrokerSettings.USER,
                        broker.passwordSource(),
                        broker.settings().data());
    }

    private static void stop(EmbeddedBroker broker, PrintStream out) {
        broker.close();
        out.flush();
        // After a signal the JVM would end with 128 + its number, as if the clean stop had failed.
        Runtime.getRuntime().halt(broker.stoppedByItself() ? FAILED : STOPPED);
    }

    static BrokerSettings parse(String[] args) {
        int port = BrokerSettings.DEFAULT_PORT;
        Path data = Path.of("data", "broker");
        List<String> exclusive = new ArrayList<>();
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i];
            String value = Optional.of(i + 1)
                    .filter(next -> next < args.length)
                    .map(next -> args[next])
                    .orElseThrow(() -> new IllegalArgumentException(
                            "Expected a value after %s, but it is the last argument.".formatted(name)));
            switch (name) {
                case "--port" -> port = parsePort(value);
                case "--data" -> data = parsePath(value);
                case "--exclusive" -> exclusive.add(value);
                default ->
                    throw new IllegalArgumentException(
                            "Expected --port, --data or --exclusive, but there is \"%s\".".formatted(name));
            }
        }
        return BrokerSettings.of(data).withPort(port).withExclusive(exclusive.toArray(String[]::new));
    }

    private static int parsePort(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Expected a number after --port, but it is \"%s\".".formatted(value), e);
        }
    }

    private static Path parsePath(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("Expected a path after --data, but it is \"%s\".".formatted(value), e);
        }
    }
}
