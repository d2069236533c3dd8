// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.terminal;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/** Shows how far long work has come, on a terminal; is silent elsewhere. For one thread. */
public final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final int MARK = 4;
    private static final long STEP_NANOS = 100_000_000;

    private final PrintStream terminal;
    private final boolean shown;
    private final long total;
    private final LongSupplier nanoTime;
    private final long begunNanos;
    private long drawnNanos;
    private long done;

    /** @param total 0: not known */
    public ProgressBar(PrintStream terminal, boolean shown, long total, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.shown = shown;
        this.total = total;
        this.nanoTime = nanoTime;
        this.begunNanos = nanoTime.getAsLong();
        this.drawnNanos = begunNanos - STEP_NANOS;
    }

    /** True if standard error is a terminal; the launcher knows, Java 17 does not. */
    public static boolean onTerminal() {
        return Boolean.getBoolean("evenkeel.tty");
    }

    public void add(long more) {
        done += more;
        long now = nanoTime.getAsLong();
        if (shown && now - drawnNanos >= STEP_NANOS) {
            drawnNanos = now;
            terminal.print("\r" + line(now) + "\033[K");
            terminal.flush();
        }
    }

    /** Draws what is awaited of which nobody knows how far it has come: a mark that moves, and the time. */
    public void await(String what) {
        long now = nanoTime.getAsLong();
        if (shown && now - drawnNanos >= STEP_NANOS) {
            drawnNanos = now;
            terminal.print("\r" + awaiting(what, now) + "\033[K");
            terminal.flush();
        }
    }

    String awaiting(String what, long nowNanos) {
        long elapsed = nowNanos - begunNanos;
        int way = WIDTH - MARK;
        int step = (int) (elapsed / STEP_NANOS % (2L * way));
        int left = Math.min(step, 2 * way - step);
        return "[" + " ".repeat(left) + "=".repeat(MARK) + " ".repeat(way - left) + "] "
                + String.format("%.1f s  %s", elapsed / 1e9, what);
    }

    String line(long nowNanos) {
        double seconds = Math.max(1, nowNanos - begunNanos) / 1e9;
        String rate = String.format("%,d  %,.0f/s", done, done / seconds);
        if (total <= 0) {
            return rate;
        }
        int filled = (int) Math.min(WIDTH, done * WIDTH / total);
        return "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + done * 100 / total + "%  " + rate;
    }

    @Override
    public void close() {
        if (shown) {
            terminal.println("\r" + line(nanoTime.getAsLong()) + "\033[K");
        }
    }
}
