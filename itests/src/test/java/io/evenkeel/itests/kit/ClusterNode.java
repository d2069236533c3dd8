// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.util.List;

/** A node of a cluster under test, whatever it runs in: what is asked of it, and what it logged. For one thread. */
public abstract class ClusterNode implements AutoCloseable {
    private static final int TAIL_LINES = 60;

    private final String name;
    private final NodeApi api;
    private final ErrorWatch errors;
    private boolean endExpected;

    ClusterNode(String name, NodeApi api) {
        this.name = name;
        this.api = api;
        this.errors = new ErrorWatch(name);
    }

    public final String name() {
        return name;
    }

    /** Its HTTP API; whoever calls it while the node is dead gets no answer. */
    public final NodeApi api() {
        return api;
    }

    /** Whether it runs, frozen or not. */
    public abstract boolean isAlive();

    /** Of an ended one. */
    public abstract int exitCode();

    /** From now on it may end by itself: an armed crash point, a limit that is too tight. */
    public final void expectEnd() {
        endExpected = true;
    }

    /** It is started, and its end would be a finding. */
    final void expectLife() {
        endExpected = false;
    }

    /** Whether it ended and nobody said that it would. */
    final boolean diedUnexpectedly() {
        return !endExpected && wasStarted() && !isAlive();
    }

    abstract boolean wasStarted();

    /** Its log, of all its lives. */
    abstract List<String> lines();

    /** The end of its log. */
    public final String tail() {
        List<String> lines = lines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /** Those lines of its log, of all its lives, that contain this text. */
    public final List<String> linesWith(String text) {
        return lines().stream().filter(line -> line.contains(text)).toList();
    }

    /** How many lines of its log, of all its lives, contain this text. */
    public final long logged(String text) {
        return lines().stream().filter(line -> line.contains(text)).count();
    }

    /** Lines of the log with ERROR since the last call. */
    final List<String> newErrors() {
        return errors.newErrors(lines());
    }

    @Override
    public abstract void close();

    @Override
    public final String toString() {
        return name;
    }
}
