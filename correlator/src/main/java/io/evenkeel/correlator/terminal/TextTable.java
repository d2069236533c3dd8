// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows in columns as wide as they need; numbers to the right. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... header) {
        rows.add(List.of(header));
    }

    public TextTable row(Object... cells) {
        rows.add(List.of(cells).stream().map(String::valueOf).toList());
        return this;
    }

    /** Without a line's end after the last row. */
    @Override
    public String toString() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int i = 0; i < columns; i++) {
            int column = i;
            widths[i] = rows.stream()
                    .mapToInt(row -> row.get(column).length())
                    .max()
                    .orElse(0);
            numbers[i] = rows.size() > 1
                    && rows.stream().skip(1).allMatch(row -> row.get(column).matches("-?[\\d,.]+"));
        }
        return rows.stream().map(row -> line(row, widths, numbers)).collect(Collectors.joining(System.lineSeparator()));
    }

    private static String line(List<String> row, int[] widths, boolean[] numbers) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String pad = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : "  ").append(numbers[i] ? pad + row.get(i) : row.get(i) + pad);
        }
        return line.toString().stripTrailing();
    }
}
