// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.github.dockerjava.api.command.InspectContainerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One of a pair in a container that compose made, and what becomes of it when it ends. For one thread. */
public final class ComposedBroker {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Long for Docker to hang up where nobody listens, on a busy machine. */
    private static final int LOOK_MS = 2_000;

    private final String service;
    private final String id;
    private final int port;
    private final String waiting;
    private final ErrorWatch errors;

    /**
     * @param service of the compose file, with a container that was made
     * @param port    of loopback that leads to it
     * @param waiting what it logs when it can take over as soon as the other one ends
     */
    ComposedBroker(Compose compose, String service, int port, String waiting) {
        this.service = service;
        this.id = compose.run("ps", "-q", service).strip();
        this.port = port;
        this.waiting = waiting;
        this.errors = new ErrorWatch(service);
    }

    /** Wait until clients can connect. @return when that was seen, by {@link System#nanoTime()} */
    public long awaitServing() {
        await("serve", this::serves);
        return System.nanoTime();
    }

    /** Wait until it has started, has all that it needs to take over, and waits for the other one to end. */
    public void awaitWaiting() {
        await("wait for the other one", () -> isRunning() && said().contains(waiting));
        if (serves()) {
            throw new AssertionError("Expected the " + service + " to wait, but it serves. It said:\n" + said());
        }
    }

    /** Whether clients can connect now. */
    private boolean serves() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(LOOK_MS);
            // Docker accepts for whoever has the port, and hangs up if nobody listens behind it.
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true; // a broker lets its client begin
        } catch (IOException e) {
            return false;
        }
    }

    public boolean isRunning() {
        return Boolean.TRUE.equals(inspect().getState().getRunning());
    }

    private int restarts() {
        return inspect().getRestartCount();
    }

    /** {@code docker kill}: SIGKILL. Returns when it is gone. */
    public void kill() {
        Containers.docker().killContainerCmd(id).exec();
        await("end", () -> !isRunning());
    }

    /** SIGKILL by somebody else: to Docker it has ended by itself. Skips the test where its process is not of this machine. */
    public void crash() {
        long pid = Objects.requireNonNull(inspect().getState().getPidLong());
        boolean ended = isOurs(pid)
                && ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false);
        Machine.require(
                ended
                        ? Optional.empty()
                        : Optional.of(
                                "to end the process of a container, which needs root and Docker on this machine"));
    }

    /** Wait until Docker has started it again by itself so often. */
    public void awaitRestarts(int count) {
        await("be started " + count + " times by Docker", () -> isRunning() && restarts() >= count);
    }

    /** Where Docker has a machine of its own, this number is another process here. */
    private boolean isOurs(long pid) {
        Path groups = Path.of("/proc", Long.toString(pid), "cgroup");
        try {
            return Files.exists(groups) && Files.readString(groups).contains(id);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read " + groups + ", but could not", e);
        }
    }

    private InspectContainerResponse inspect() {
        return Containers.docker().inspectContainerCmd(id).exec();
    }

    private String startedAt() {
        return Objects.requireNonNull(inspect().getState().getStartedAt());
    }

    private void await(String what, BooleanSupplier condition) {
        new Await(() -> {}).until("the " + service + " to " + what, LIMIT, this::said, condition);
    }

    /** What it logged since its last start. */
    public String said() {
        return logsSince(startedAt());
    }

    /** Write what it logged in all its lives to a file, since that ends with the container. */
    void keepLog(Path folder) {
        try {
            Files.writeString(folder.resolve(service + ".log"), saidEver());
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to keep the log of the " + service + ", but could not", e);
        }
    }

    private String saidEver() {
        return logsSince("0");
    }

    private String logsSince(String instant) {
        try {
            Process process = new ProcessBuilder("docker", "logs", "--since", instant, id)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException(
                        "Expected the log of the " + service + ", but docker logs ended with " + exit + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read the log of the " + service + ", but could not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the log of the " + service + " was read", e);
        }
    }

    /** Lines of its log with ERROR since the last call. */
    List<String> newErrors() {
        return errors.newErrors(saidEver().lines().toList());
    }
}
