// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.nio.file.Path;

/** One of a pair: the distribution of Apache Artemis in a process of its own, by the script that its user has. For one thread. */
public final class PairedBroker extends ServerProcess {
    private final Path folder;
    private final String waiting;

    /** @param waiting what it logs when it can take over as soon as the other one ends */
    PairedBroker(String name, Path start, int port, String waiting, Path log) {
        super("the " + name, command(start), port, log);
        this.folder = start.resolve("../..").normalize();
        this.waiting = waiting;
    }

    private static ProcessBuilder command(Path start) {
        ProcessBuilder command = new ProcessBuilder(start.toString());
        command.environment().put("ARTEMIS_HOME", distribution().toString());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        command.environment().put("EVENKEEL_HEAP", "512m");
        command.environment().put("EVENKEEL_JAVA_OPTS", "-XX:+UseSerialGC");
        return command;
    }

    /** Wait until clients can connect. @return when that was seen, by {@link System#nanoTime()} */
    public long awaitServing() {
        await("serve", this::serves);
        return System.nanoTime();
    }

    /** Wait until it has started, has all that it needs to take over, and waits for the other one to end. */
    public void awaitWaiting() {
        await("wait for the other one", () -> said().contains(waiting));
        if (serves()) {
            throw new AssertionError("Expected " + name() + " to wait, but it serves. It said:\n" + said());
        }
    }

    /** In how many lines it logged this since its last start. */
    public long timesSaid(String text) {
        return said().lines().filter(line -> line.contains(text)).count();
    }

    /** With its files. */
    public Path folder() {
        return folder;
    }
}
