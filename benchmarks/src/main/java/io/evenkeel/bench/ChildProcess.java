// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A JVM of its own on the class path of this one, with its output in a file. Ended with this JVM at the latest. */
final class ChildProcess implements AutoCloseable {
    /** What {@code ./evenkeel node} gives a node beside its heap. */
    private static final List<String> OPTIONS = List.of(
            "-XX:+ExitOnOutOfMemoryError",
            "-Dhazelcast.logging.type=slf4j",
            "-Dhazelcast.phone.home.enabled=false",
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    private final String name;
    private final Path log;
    private final Process process;
    private final Thread reaper;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.reaper = new Thread(process::destroyForcibly, "reaper-" + name);
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /** Starts a JVM; does not wait until it serves. @param jvm further options, such as the heap */
    static ChildProcess start(String name, Path log, List<String> jvm, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
                .start();
        return new ChildProcess(name, log, process);
    }

    /** Waits for the line that starts with {@code ready}, and returns it. */
    String awaitReady(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            Optional<String> ready = Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("ready"))
                    .findFirst();
            if (ready.isPresent()) {
                return ready.get();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        List<String> lines = Files.readAllLines(log);
        throw new IOException("Expected " + name + " to be ready within " + limit + ", but it "
                + (process.isAlive() ? "was not" : "ended") + ". Its last lines:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
    }

    String name() {
        return name;
    }

    /** The operating system's id. */
    long pid() {
        return process.pid();
    }

    /** {@code kill -9}. Returns before the process is gone. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // This JVM is ending; the hook runs in vain.
        }
    }
}
