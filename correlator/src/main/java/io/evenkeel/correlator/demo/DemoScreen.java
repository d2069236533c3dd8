// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import io.evenkeel.correlator.terminal.LiveLines;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What is seen while the demo runs: lines that stay, and on a terminal a few below them that are drawn over and over. */
final class DemoScreen {
    private static final int WIDTH = 40;
    /** Without a terminal: so often a line of progress. */
    private static final long PLAIN_STEP_NANOS = 2_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final LiveLines live;
    private long plainNanos = Long.MIN_VALUE;

    DemoScreen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        this.live = new LiveLines(out);
    }

    /** A line that stays. */
    void say(String line) {
        live.say(line);
    }

    /** True if it is time to show progress; asking costs nothing. */
    boolean wantsProgress(long nowNanos) {
        return terminal || plainNanos == Long.MIN_VALUE || nowNanos - plainNanos >= PLAIN_STEP_NANOS;
    }

    synchronized void progress(long nowNanos, int published, int total, int matches, List<String> nodes) {
        if (!terminal) {
            plainNanos = nowNanos;
            out.println(bar(published, total, matches)
                    + nodes.stream()
                            .map(line -> " |" + line.replaceAll("\\s+", " "))
                            .reduce("", String::concat));
            out.flush();
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(bar(published, total, matches));
        lines.addAll(nodes);
        live.draw(lines);
    }

    private String bar(int published, int total, int matches) {
        String counts = String.format("%,6d of %,d flights published, %,d matches", published, total, matches);
        int filled = (int) ((long) WIDTH * published / Math.max(1, total));
        return terminal ? "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + counts : counts;
    }
}
