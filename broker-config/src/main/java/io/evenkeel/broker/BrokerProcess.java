// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A broker in a JVM of its own, on the class path of this one, so that it can be killed: for tests, the demo and drills.
 *
 * <p><b>Threads.</b> All methods may be called from any thread. The process is ended with this JVM at the latest.
 */
public final class BrokerProcess implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int KEPT_LINES = 40;

    private final Process process;
    private final BrokerSettings settings;
    private final Consumer<String> output;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread reaper;

    private BrokerProcess(Process process, BrokerSettings settings, Consumer<String> output) {
        this.process = process;
        this.settings = settings;
        this.output = output;
        this.reaper = new Thread(process::destroyForcibly, "evenkeel-broker-reaper");
        Runtime.getRuntime().addShutdownHook(reaper);
        Thread reader = new Thread(this::readOutput, "evenkeel-broker-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Start, and return when clients can connect.
     *
     * @param limit how long that may take
     * @throws IOException with the process's last lines if it ended or was not ready in time; it is ended then
     */
    public static BrokerProcess start(BrokerSettings settings, Duration limit)
            throws IOException, InterruptedException {
        return start(settings, limit, Map.of(), line -> {});
    }

    /**
     * The same with variables of the process beside the usual ones, for somebody who wants to know what it prints.
     *
     * @param output told each line, in a thread of the process's; must not block, and must not throw
     */
    public static BrokerProcess start(
            BrokerSettings settings, Duration limit, Map<String, String> variables, Consumer<String> output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                "--port",
                Integer.toString(settings.port()),
                "--data",
                settings.data().toString()));
        settings.exclusive().forEach(pattern -> command.addAll(List.of("--exclusive", pattern)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(variables);
        BrokerProcess broker = new BrokerProcess(builder.start(), settings, output);
        try {
            broker.ready.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return broker;
        } catch (ExecutionException | TimeoutException e) {
            broker.kill();
            throw new IOException(
                    "Expected the broker to be ready within %s, but it %s. Its last lines:%n%s"
                            .formatted(limit, e instanceof TimeoutException ? "was not" : "ended", broker.lastLines()),
                    e);
        } catch (InterruptedException e) {
            broker.kill();
            throw e;
        }
    }

    private void readOutput() {
        try (BufferedReader printed = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = printed.readLine(); line != null; line = printed.readLine()) {
                output.accept(line);
                synchronized (lastLines) {
                    lastLines.addLast(line);
                    if (lastLines.size() > KEPT_LINES) {
                        lastLines.removeFirst();
                    }
                }
                if (line.startsWith("ready")) {
                    ready.complete(line);
                }
            }
        } catch (IOException e) {
            ready.completeExceptionally(e); // the stream breaks when the process is killed
        }
        ready.completeExceptionally(new IOException("the process ended"));
    }

    /** For Core clients. */
    public String url() {
        String rest = readyLine().substring(readyLine().indexOf("url=") + 4);
        return rest.substring(0, rest.indexOf(' '));
    }

    /** The port it listens on. */
    public int port() {
        return Integer.parseInt(url().substring(url().lastIndexOf(':') + 1));
    }

    /** From the environment or the file, as the process found it. Never log it. */
    public String password() {
        try {
            String inherited = System.getenv(BrokerPassword.VARIABLE);
            return inherited != null && !inherited.isBlank()
                    ? inherited
                    : Files.readString(settings.passwordFile(), StandardCharsets.UTF_8)
                            .strip();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read " + settings.passwordFile() + ", but that failed.", e);
        }
    }

    /** The line that the process printed when it could serve. */
    public String readyLine() {
        return ready.join();
    }

    /** The end of the process's output, for messages of failed tests. */
    public String lastLines() {
        synchronized (lastLines) {
            return lastLines.stream().collect(Collectors.joining(System.lineSeparator()));
        }
    }

    /** The operating system's id of the process. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}: no clean stop, nothing flushed. Returns when the process is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        forget();
    }

    /**
     * SIGTERM, and SIGKILL if it does not end within 20 s.
     *
     * @return the exit code, 0 after a clean stop
     */
    public int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
        }
        forget();
        return process.exitValue();
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // This JVM is ending; the hook runs in vain.
        }
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
