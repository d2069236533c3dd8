// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.terminal;

import java.io.PrintStream;
import java.util.List;

/** Lines that stay, and below them a few that are drawn over and over. For a terminal. Thread-safe. */
public final class LiveLines {
    private final PrintStream terminal;
    private int drawn;

    public LiveLines(PrintStream terminal) {
        this.terminal = terminal;
    }

    /** A line that stays. */
    public synchronized void say(String line) {
        erase();
        terminal.println(line);
        terminal.flush();
    }

    /** @param lines in the place of those of the last time; none may be wider than the terminal */
    public synchronized void draw(List<String> lines) {
        erase();
        lines.forEach(terminal::println);
        drawn = lines.size();
        terminal.flush();
    }

    private void erase() {
        if (drawn > 0) {
            terminal.print("\033[" + drawn + "A\033[J");
            drawn = 0;
        }
    }
}
