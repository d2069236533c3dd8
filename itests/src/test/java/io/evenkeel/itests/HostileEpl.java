// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import io.evenkeel.runtime.esper.rule.Rule;
import io.evenkeel.runtime.esper.rule.RuleTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** EPL that no node may take: the corpus of attacks on the sandbox, and what each rule refuses. */
final class HostileEpl {
    private static final Path ATTACKS = Path.of(
            "..", "query-runtime", "src", "test", "resources", "io", "evenkeel", "runtime", "esper", "attacks.txt");

    /** @param what it tries */
    record Attempt(String what, String epl, String windows) {
        /** A query over A and B; its EPL is in line {@link #EPL_LINE}. */
        String document() {
            StringBuilder parameters = new StringBuilder();
            PARAMETERS.forEach((name, type) -> {
                if (epl.contains("?:" + name)) {
                    parameters
                            .append(parameters.isEmpty() ? "" : ", ")
                            .append(name)
                            .append(": ")
                            .append(type);
                }
            });
            return "query: hostile\n"
                    + (parameters.isEmpty() ? "description: none\n" : "parameters: {" + parameters + "}\n")
                    + "inputs:\n  - {event: A, key: [k], " + windows + "}\n  - {event: B, key: [k2], " + windows + "}\n"
                    + "output: {event: M, to: \"queue:found\"}\nepl: |\n  " + epl + "\n";
        }
    }

    private static final Map<String, String> PARAMETERS = Map.of(
            "p", "{type: integer}",
            "word", "{type: string}",
            "span", "{type: duration, maximum: 20 s}",
            "free", "{type: duration}");

    static final int EPL_LINE = 8;

    static final String TYPES = """
            event: A
            fields: {k: string, v: integer, d: decimal, x: double, t: timestamp}
            ---
            event: B
            fields: {k2: string, w: integer}
            """;

    private HostileEpl() {}

    static List<Attempt> attacks() {
        try {
            return Files.readAllLines(ATTACKS).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| ", 2))
                    .map(parts -> new Attempt(parts[0], parts[1], "within: 30 seconds"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected attacks in " + ATTACKS.toAbsolutePath() + ", but: " + e, e);
        }
    }

    /** The first that each rule refuses, by the rule's name. */
    static List<Attempt> refused() {
        List<Attempt> refused = new ArrayList<>();
        for (Rule rule : RuleTable.all()) {
            Rule.Example example = rule.refused().get(0);
            refused.add(new Attempt(
                    rule.id(),
                    example.epl(),
                    example.history() == Rule.History.RETAIN ? "retain: 3" : "within: 30 seconds"));
        }
        return refused;
    }
}
