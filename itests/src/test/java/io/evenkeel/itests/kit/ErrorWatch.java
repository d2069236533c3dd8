// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.util.List;

/** Finds what is new and an ERROR in a log that grows. For one thread. */
final class ErrorWatch {
    private final String name;
    private int seen;

    /** @param name of whatever writes the log */
    ErrorWatch(String name) {
        this.name = name;
    }

    /** Lines with ERROR since the last call, each with the name. @param lines the whole log so far */
    List<String> newErrors(List<String> lines) {
        List<String> errors = lines.subList(Math.min(seen, lines.size()), lines.size()).stream()
                .filter(line -> line.contains(" ERROR "))
                .map(line -> name + ": " + line)
                .toList();
        seen = lines.size();
        return errors;
    }
}
