// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of a pair: the distribution of Apache Artemis in a process of its own, by the script that its user has. For one thread. */
public final class PairedBroker implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int LOOK_MS = 200;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // A test run that is killed leaves no broker behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String name;
    private final Path start;
    private final int port;
    private final String waiting;
    private final Path log;
    private final Await await = new Await(() -> {});
    private final ErrorWatch errors;
    private @Nullable Process process;
    private int starts;

    /** @param waiting what it logs when it waits for the other one */
    PairedBroker(String name, Path start, int port, String waiting, Path log) {
        this.name = name;
        this.errors = new ErrorWatch("the " + name);
        this.start = start;
        this.port = port;
        this.waiting = waiting;
        this.log = log;
    }

    /** Start it; does not wait for anything. */
    public void start() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("Expected the " + name + " not to run, but it does");
        }
        starts++;
        ProcessBuilder builder = new ProcessBuilder(start.toString())
                .redirectErrorStream(true)
                .redirectOutput(logOfStart().toFile());
        builder.environment().put("ARTEMIS_HOME", distribution());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("EVENKEEL_HEAP", "512m");
        builder.environment().put("EVENKEEL_JAVA_OPTS", "-XX:+UseSerialGC");
        try {
            Process started = builder.start();
            process = started;
            RUNNING.add(started);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to start the " + name + ", but could not", e);
        }
    }

    private static String distribution() {
        String home = System.getProperty("evenkeel.artemis.home", "");
        if (!Files.isDirectory(Path.of(home, "lib"))) {
            throw new IllegalStateException(
                    "Expected the distribution of Artemis in -Devenkeel.artemis.home, but it is \"" + home
                            + "\". Maven unpacks it before it runs this test: ./mvnw -pl itests -am verify");
        }
        return home;
    }

    private Path logOfStart() {
        return logOfStart(starts);
    }

    private Path logOfStart(int start) {
        return log.resolveSibling(log.getFileName() + "-" + start + ".log");
    }

    /** Lines of its log, of all its lives, with ERROR since the last call. */
    List<String> newErrors() {
        List<String> lines = new ArrayList<>();
        for (int start = 1; start <= starts; start++) {
            lines.addAll(read(logOfStart(start)).lines().toList());
        }
        return errors.newErrors(lines);
    }

    /** Wait until clients can connect. @return when that was seen, by {@link System#nanoTime()} */
    public long awaitServing() {
        await.until("the " + name + " to serve", LIMIT, this::said, this::serves);
        return System.nanoTime();
    }

    /** Wait until it has started and waits for the other one to end. */
    public void awaitWaiting() {
        await.until("the " + name + " to wait for the other one", LIMIT, this::said, () -> said().contains(waiting));
        if (serves()) {
            throw new AssertionError("Expected the " + name + " to wait, but it serves. It said:\n" + said());
        }
    }

    /** Whether clients can connect now. */
    public boolean serves() {
        if (!running().isAlive()) {
            throw new AssertionError("Expected the " + name + " to run, but it ended. It said:\n" + said());
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), LOOK_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code kill -9}. Returns when the process is gone. */
    public void kill() {
        end(running().destroyForcibly());
    }

    /** SIGTERM, as somebody does who has an upgrade to make. Returns when the process is gone. */
    public void stop() {
        running().destroy();
        end(running());
    }

    /** SIGSTOP: it keeps connections and lock, and does nothing. */
    public void freeze() {
        Signal.STOP.send(running().pid(), "the " + name);
    }

    /** SIGCONT. */
    public void thaw() {
        Signal.CONT.send(running().pid(), "the " + name);
    }

    private void end(Process ending) {
        try {
            if (!ending.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                ending.destroyForcibly();
                throw new AssertionError(
                        "Expected the " + name + " to end within " + LIMIT + ", but it did not. It said:\n" + said());
            }
            RUNNING.remove(ending);
        } catch (InterruptedException e) {
            ending.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("Expected the " + name + " to have been started, but it was not");
        }
        return process;
    }

    /** What it logged since its last start. */
    public String said() {
        return read(logOfStart());
    }

    private String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read the log of the " + name + ", but could not", e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }
}
