// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.terminal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How large the terminal is that standard output goes to. */
public record Screen(int rows, int columns) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,4}) (\\d{1,4})");
    private static final int LEAST_ROWS = 8;
    private static final int LEAST_COLUMNS = 40;

    /** The size when the command was started; empty if output goes elsewhere. The launcher knows, Java 17 does not. */
    public static Optional<Screen> find() {
        return of(System.getProperty("evenkeel.screen", ""));
    }

    /** @param size rows and columns, as {@code stty size} says them */
    static Optional<Screen> of(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Screen(
                Math.max(LEAST_ROWS, Integer.parseInt(matcher.group(1))),
                Math.max(LEAST_COLUMNS, Integer.parseInt(matcher.group(2)))));
    }

    /** As much of a line as the terminal shows without wrapping it. */
    public String cut(String line) {
        return line.length() <= columns ? line : line.substring(0, columns - 1) + "…";
    }
}
