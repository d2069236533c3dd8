// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import java.util.ArrayList;
import java.util.List;

/** Gathers what was measured. For one thread. */
final class Report {
    /** @param target as text; empty: only reported */
    record Row(String part, String measure, String value, String target, String verdict) {}

    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    void told(String part, String measure, String value) {
        add(new Row(part, measure, value, "", ""));
    }

    void atLeast(String part, String measure, double value, String format, double target) {
        judged(part, measure, format.formatted(value), ">= " + format.formatted(target), value >= target);
    }

    void atMost(String part, String measure, double value, String format, double target) {
        judged(part, measure, format.formatted(value), "<= " + format.formatted(target), value <= target);
    }

    /** What was measured says nothing, for a reason that goes below the table; counts as missed. */
    void invalid(String part, String measure, String value, String reason) {
        add(new Row(part, measure, value, "", "INVALID"));
        note(part + ": no result: " + reason);
    }

    private void judged(String part, String measure, String value, String target, boolean met) {
        add(new Row(part, measure, value, target, met ? "met" : "MISSED"));
    }

    private void add(Row row) {
        rows.add(row);
        System.out.printf(
                "   %s: %s = %s %s %s%n", row.part(), row.measure(), row.value(), row.target(), row.verdict());
    }

    /** A line below the table: single values behind a median, or what disturbed. */
    void note(String text) {
        notes.add(text);
        System.out.println("   " + text);
    }

    boolean missed() {
        return rows.stream()
                .anyMatch(row -> row.verdict().equals("MISSED") || row.verdict().equals("INVALID"));
    }

    /** The table as Markdown, which is readable on a terminal too. */
    String table() {
        Row head = new Row("part", "measure", "value", "target", "verdict");
        StringBuilder text = new StringBuilder();
        int[] widths = {width(head, 0), width(head, 1), width(head, 2), width(head, 3), width(head, 4)};
        line(text, head, widths);
        line(
                text,
                new Row(
                        "-".repeat(widths[0]),
                        "-".repeat(widths[1]),
                        "-".repeat(widths[2]),
                        "-".repeat(widths[3]),
                        "-".repeat(widths[4])),
                widths);
        rows.forEach(row -> line(text, row, widths));
        return text.toString();
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    private int width(Row head, int column) {
        return Math.max(
                cells(head).get(column).length(),
                rows.stream()
                        .mapToInt(row -> cells(row).get(column).length())
                        .max()
                        .orElse(0));
    }

    private static List<String> cells(Row row) {
        return List.of(row.part(), row.measure(), row.value(), row.target(), row.verdict());
    }

    private static void line(StringBuilder text, Row row, int[] widths) {
        text.append('|');
        for (int i = 0; i < widths.length; i++) {
            String cell = cells(row).get(i);
            text.append(' ')
                    .append(cell)
                    .append(" ".repeat(widths[i] - cell.length()))
                    .append(" |");
        }
        text.append('\n');
    }
}
