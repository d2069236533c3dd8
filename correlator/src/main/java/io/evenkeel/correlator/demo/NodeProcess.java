// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import io.evenkeel.correlator.terminal.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A node in a JVM of its own, on the class path of this one; its output goes to a file. For any thread. */
final class NodeProcess implements AutoCloseable {
    private static final long POLL_NANOS = 50_000_000;
    private static final int LAST_LINES = 15;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path log;
    private volatile String url = "";

    private NodeProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static NodeProcess start(String name, Path config, Path log) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        // The launcher knows what a node's JVM needs.
        command.addAll(
                Stream.of(System.getProperty("evenkeel.node.jvm", "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1")
                                .split("\\s+"))
                        .filter(option -> !option.isBlank())
                        .toList());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "io.evenkeel.correlator.cli.Main",
                "node",
                "--config",
                config.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new NodeProcess(name, process, log);
    }

    /** Wait for the line that tells its URL. */
    void awaitReady(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<String> ready = readLines().stream()
                    .filter(line -> line.startsWith("ready ") && line.contains(" url="))
                    .findFirst();
            if (ready.isPresent()) {
                url = ready.get().replaceAll(".* url=(\\S+).*", "$1");
                return;
            }
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                List<String> lines = readLines();
                throw new CommandException("Expected " + name + " to be ready within " + limit.toSeconds()
                        + " s, but it "
                        + (process.isAlive() ? "is not" : "ended with " + process.exitValue()) + ". Its log is " + log
                        + " and ends with:\n"
                        + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private List<String> readLines() throws IOException {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    String name() {
        return name;
    }

    /** Of its API; empty before it is ready. */
    String url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
    }

    void terminate() {
        process.destroy();
    }

    /** SIGTERM, and SIGKILL if it does not end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
