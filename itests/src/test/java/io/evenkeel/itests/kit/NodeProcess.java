// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.correlator.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A node in a JVM of its own; after its end it can be started again under the same name. For one thread. */
public final class NodeProcess extends ClusterNode {
    private static final long END_SECONDS = 60;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // A test run that is killed leaves no node behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final Path configuration;
    private final Path log;
    private final NodePlace place;
    private final List<String> arguments;
    private @Nullable Process process;
    private boolean frozen;

    NodeProcess(String name, Path configuration, Path log, NodePlace place, String[] arguments) {
        super(name, new NodeApi(name, place.host(), place.httpPort()));
        this.configuration = configuration;
        this.log = log;
        this.arguments = List.of(arguments.clone());
        this.place = place;
    }

    /** Start the JVM; does not wait until it serves. @param options of the JVM, beside the usual ones */
    public void start(String... options) {
        start(SharedClasses.options(), List.of(options));
    }

    /** @param jvm where its classes are, and how it starts fast */
    void start(List<String> jvm, List<String> options) {
        if (isAlive()) {
            throw new IllegalStateException("Expected " + name() + " not to run, but it does. pid=" + pid());
        }
        List<String> command = new ArrayList<>(place.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-Duser.language=en"));
        command.addAll(options);
        command.addAll(jvm);
        command.addAll(List.of(Main.class.getName(), "node", "--config", configuration.toString()));
        command.addAll(arguments);
        try {
            expectLife();
            frozen = false;
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // One library for all nodes of all tests, instead of 15 MB for each.
            builder.environment()
                    .put(
                            "ROCKSDB_SHAREDLIB_DIR",
                            Path.of("target", "native").toAbsolutePath().toString());
            builder.environment().putAll(place.environment());
            process = builder.start();
            RUNNING.add(process);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to start " + name() + ", but could not", e);
        }
    }

    @Override
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    @Override
    boolean wasStarted() {
        return process != null;
    }

    /** The operating system's id of the process. */
    public long pid() {
        return running().pid();
    }

    /** {@code kill -9}. Returns when the process is gone. */
    public void kill() {
        expectEnd();
        running().destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM: the node drains and leaves. Returns when the process is gone. */
    public void stop() {
        expectEnd();
        running().destroy();
        awaitEnd();
    }

    /** SIGSTOP: the process keeps its connections and does nothing. */
    public void freeze() {
        frozen = true;
        Signal.STOP.send(pid(), name());
    }

    /** Between {@link #freeze} and {@link #thaw}: whoever asks it anything hangs. */
    public boolean frozen() {
        return frozen;
    }

    /** SIGCONT: the process goes on as if nothing had been. */
    public void thaw() {
        Signal.CONT.send(pid(), name());
        frozen = false;
    }

    @Override
    public int exitCode() {
        return running().exitValue();
    }

    @Override
    List<String> lines() {
        if (!Files.exists(log)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read " + log + ", but could not", e);
        }
    }

    private void awaitEnd() {
        Process ending = running();
        try {
            if (!ending.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                ending.destroyForcibly();
                throw new AssertionError(
                        "Expected " + name() + " to end within " + END_SECONDS + " s, but it did not:\n" + tail());
            }
        } catch (InterruptedException e) {
            ending.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            RUNNING.remove(ending);
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("Expected " + name() + " to have been started, but it was not");
        }
        return process;
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
