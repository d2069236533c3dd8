// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.correlator.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line, as somebody types it: each command in a process of its own. For one thread. */
public final class Cli {
    private final Path folder;
    private final Path home;
    private final Map<String, String> environment;
    private int commands;

    /** What a command printed, errors too, and its exit code. */
    public record Said(int exitCode, String text) {}

    /** A command that was started. */
    public record Running(Process process, Path output) implements AutoCloseable {
        /** What it said so far. */
        public String said() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                throw new UncheckedIOException("Expected to read " + output + ", but could not", e);
            }
        }

        /** {@code kill -9}, if it has not ended. */
        @Override
        public void close() {
            process.destroyForcibly();
        }

        /** Wait for its end; one that goes on is ended. */
        public Said end(Duration limit) {
            try {
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    throw new AssertionError("Expected a command to end within " + limit + ", but it said: " + said());
                }
                return new Said(process.exitValue(), said());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while a command ran", e);
            } finally {
                close();
            }
        }
    }

    /** @param folder where its output is kept */
    public Cli(Path folder) {
        this(folder, Path.of(""), Map.of());
    }

    /**
     * Typed somewhere else, with variables of the environment beside the usual ones.
     *
     * @param home where commands find relative files
     */
    public Cli(Path folder, Path home, Map<String, String> environment) {
        this.folder = folder;
        this.home = home.toAbsolutePath();
        this.environment = Map.copyOf(environment);
    }

    /** Start a command. */
    public Running start(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SharedClasses.options());
        command.add(Main.class.getName());
        command.addAll(arguments);
        try {
            Files.createDirectories(folder);
            Path output = folder.resolve("command-" + ++commands + ".txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new Running(builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to run " + arguments + ", but could not", e);
        }
    }
}
