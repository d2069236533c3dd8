// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.nio.file.Path;
import java.util.List;

/** One of a pair: the distribution of Apache Artemis in a process of its own, by the script that its user has. For one thread. */
public final class PairedBroker implements AutoCloseable {
    private final String name;
    private final ServerProcess process;
    private final Path folder;
    private final String waiting;

    /** @param waiting what it logs when it can take over as soon as the other one ends */
    PairedBroker(String name, Path start, int port, String waiting, Path log) {
        this.name = name;
        this.waiting = waiting;
        this.folder = start.resolve("../..").normalize();
        ProcessBuilder command = new ProcessBuilder(start.toString());
        command.environment().put("ARTEMIS_HOME", ServerProcess.distribution().toString());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        command.environment().put("EVENKEEL_HEAP", "512m");
        command.environment().put("EVENKEEL_JAVA_OPTS", "-XX:+UseSerialGC");
        this.process = new ServerProcess("the " + name, command, port, log);
    }

    /** Start it; does not wait for anything. */
    public void start() {
        process.start();
    }

    /** Lines of its log, of all its lives, with ERROR since the last call. */
    List<String> newErrors() {
        return process.newErrors();
    }

    /** Wait until clients can connect. @return when that was seen, by {@link System#nanoTime()} */
    public long awaitServing() {
        process.await("serve", process::serves);
        return System.nanoTime();
    }

    /** Wait until it has started, has all that it needs to take over, and waits for the other one to end. */
    public void awaitWaiting() {
        process.await("wait for the other one", () -> said().contains(waiting));
        if (serves()) {
            throw new AssertionError("Expected the " + name + " to wait, but it serves. It said:\n" + said());
        }
    }

    /** In how many lines it logged this since its last start. */
    public long timesSaid(String text) {
        return said().lines().filter(line -> line.contains(text)).count();
    }

    /** Whether clients can connect now. */
    public boolean serves() {
        return process.serves();
    }

    /** {@code kill -9}. Returns when the process is gone. */
    public void kill() {
        process.kill();
    }

    /** SIGTERM, as somebody does who has an upgrade to make. Returns when the process is gone. */
    public void stop() {
        process.stop();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGSTOP: it keeps its connections, and does nothing. */
    public void freeze() {
        process.send(Signal.STOP);
    }

    /** SIGCONT. */
    public void thaw() {
        process.send(Signal.CONT);
    }

    /** What it logged since its last start. */
    public String said() {
        return process.said();
    }

    /** With its files. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        process.close();
    }
}
