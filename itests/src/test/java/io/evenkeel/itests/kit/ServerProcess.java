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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A server of somebody else's in a process of its own, which is started, hurt and started again. For one thread. */
abstract class ServerProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int LOOK_MS = 200;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // A test run that is killed leaves no server behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String name;
    private final ProcessBuilder command;
    private final int port;
    private final Path log;
    private final Await await = new Await(() -> {});
    private final ErrorWatch errors;
    private @Nullable Process process;
    private int starts;

    /**
     * @param name for messages, with its article
     * @param port of loopback that it listens on when it serves
     * @param log  without the number of the start and the ending
     */
    ServerProcess(String name, ProcessBuilder command, int port, Path log) {
        this.name = name;
        this.command = command.redirectErrorStream(true);
        this.port = port;
        this.log = log;
        this.errors = new ErrorWatch(name);
    }

    final String name() {
        return name;
    }

    final int port() {
        return port;
    }

    /** The unpacked distribution of Artemis. */
    static Path distribution() {
        String home = System.getProperty("evenkeel.artemis.home", "");
        if (!Files.isDirectory(Path.of(home, "lib"))) {
            throw new IllegalStateException(
                    "Expected the distribution of Artemis in -Devenkeel.artemis.home, but it is \"" + home
                            + "\". Maven unpacks it before it runs this test: ./mvnw -pl itests -am verify");
        }
        return Path.of(home);
    }

    /** Start it; does not wait for anything. */
    public final void start() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("Expected " + name + " not to run, but it does");
        }
        starts++;
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Process started =
                    command.redirectOutput(logOfStart(starts).toFile()).start();
            process = started;
            RUNNING.add(started);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to start " + name + ", but could not", e);
        }
    }

    private Path logOfStart(int start) {
        return log.resolveSibling(log.getFileName() + "-" + start + ".log");
    }

    /** Lines of its log, of all its lives, with ERROR since the last call. */
    final List<String> newErrors() {
        List<String> lines = new ArrayList<>();
        for (int start = 1; start <= starts; start++) {
            lines.addAll(read(logOfStart(start)).lines().toList());
        }
        return errors.newErrors(lines);
    }

    final void await(String what, BooleanSupplier condition) {
        await.until(name + " to " + what, LIMIT, this::said, condition);
    }

    /** Whether clients can connect now. */
    public final boolean serves() {
        if (!isAlive()) {
            throw new AssertionError("Expected " + name + " to run, but it ended. It said:\n" + said());
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), LOOK_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public final boolean isAlive() {
        return running().isAlive();
    }

    /** {@code kill -9}. Returns when the process is gone. */
    public final void kill() {
        end(running().destroyForcibly());
    }

    /** SIGTERM, as somebody does who has an upgrade to make. Returns when the process is gone. */
    public final void stop() {
        running().destroy();
        end(running());
    }

    /** SIGSTOP: it keeps its connections, and does nothing. */
    public final void freeze() {
        Signal.STOP.send(running().pid(), name);
    }

    /** SIGCONT. */
    public final void thaw() {
        Signal.CONT.send(running().pid(), name);
    }

    private void end(Process ending) {
        try {
            if (!ending.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                ending.destroyForcibly();
                throw new AssertionError(
                        "Expected " + name + " to end within " + LIMIT + ", but it did not. It said:\n" + said());
            }
            RUNNING.remove(ending);
        } catch (InterruptedException e) {
            ending.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("Expected " + name + " to have been started, but it was not");
        }
        return process;
    }

    /** What it logged since its last start. */
    public final String said() {
        return read(logOfStart(starts));
    }

    private String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read the log of " + name + ", but could not", e);
        }
    }

    @Override
    public final void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }
}
