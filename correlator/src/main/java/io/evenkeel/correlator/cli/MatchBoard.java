// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.client.Match;
import io.evenkeel.correlator.terminal.Screen;
import io.evenkeel.correlator.terminal.TextTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code watch} shows on a terminal: a row for each instance that matched, the latest on top, and the last matches.
 * For one thread.
 */
final class MatchBoard {
    private static final int LAST = 5;
    /** The rate is that of so many seconds. */
    private static final int SECONDS = 10;

    /** The title, the heading, how many rows are left out, a space, and the line of the cursor. */
    private static final int FRAME = 5;

    private static final class Row {
        private final String query;
        private final String instance;
        /** Matches in each of the last seconds, by the second modulo how many these are. */
        private final int[] recent = new int[SECONDS];

        private long second;
        private long matches;
        private long latest;
        private String key = "";

        Row(String query, String instance) {
            this.query = query;
            this.instance = instance;
        }

        void reach(long now) {
            for (long next = Math.max(second + 1, now - SECONDS + 1); next <= now; next++) {
                recent[(int) (next % SECONDS)] = 0;
            }
            second = Math.max(second, now);
        }

        double rate() {
            int sum = 0;
            for (int count : recent) {
                sum += count;
            }
            return (double) sum / SECONDS;
        }
    }

    private final Screen screen;
    private final long begunNanos;
    private final Map<String, Row> rows = new HashMap<>();
    private final Deque<String> last = new ArrayDeque<>();
    private long matches;

    MatchBoard(Screen screen, long nowNanos) {
        this.screen = screen;
        this.begunNanos = nowNanos;
    }

    void add(Match match, String line, long nowNanos) {
        Row row = rows.computeIfAbsent(
                match.query() + "/" + match.instance(), name -> new Row(match.query(), match.instance()));
        row.reach(second(nowNanos));
        row.recent[(int) (row.second % SECONDS)]++;
        row.matches++;
        row.latest = ++matches;
        row.key = match.key();
        last.addLast(line);
        if (last.size() > LAST) {
            last.removeFirst();
        }
    }

    private long second(long nowNanos) {
        return (nowNanos - begunNanos) / 1_000_000_000L;
    }

    /** As many lines as the screen has room for, none wider than it. */
    List<String> lines(long nowNanos) {
        long second = second(nowNanos);
        rows.values().forEach(row -> row.reach(second));
        int room = Math.max(1, screen.rows() - FRAME - LAST);
        List<String> lines = new ArrayList<>();
        lines.add("%,d matches of %,d instances in %,d s; Ctrl-C ends".formatted(matches, rows.size(), second));
        if (!rows.isEmpty()) {
            TextTable table = new TextTable("query", "instance", "matches", "per second", "last key");
            rows.values().stream()
                    .sorted(Comparator.comparingLong((Row row) -> row.latest).reversed())
                    .limit(room)
                    .forEach(row -> table.row(
                            row.query,
                            row.instance,
                            "%,d".formatted(row.matches),
                            "%,.1f".formatted(row.rate()),
                            row.key));
            lines.addAll(table.toString().lines().toList());
            if (rows.size() > room) {
                lines.add("… and %,d more".formatted(rows.size() - room));
            }
            lines.add("");
            lines.addAll(last);
        }
        return lines.stream().map(screen::cut).toList();
    }
}
