// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("docs/from-apama.md")
class FromApamaTest {
    private static final Path PAGE = Path.of("..", "docs", "from-apama.md");
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

    /** The clauses that the page has to have a row for. */
    private static final List<String> CLAUSES = List.of(
            "parameters",
            "inputs and key",
            "input filter",
            "within",
            "retain",
            "with unique",
            "time from",
            "find",
            "followed by",
            "most recent",
            "and",
            "or",
            "where",
            "pattern within",
            "without",
            "wait",
            "every select having",
            "action");

    /** A row: a definition, events, matches. */
    record Row(String title, String definition, String events, String matches) {
        @Override
        public String toString() {
            return title;
        }
    }

    static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        String[] parts = page();
        for (int i = 1; i < parts.length; i++) {
            String title = parts[i].lines().findFirst().orElse("").strip();
            List<String> blocks = blocks(parts[i], "yaml");
            List<String> lines = blocks(parts[i], "jsonl");
            assertThat(blocks).as("definitions of " + title).hasSize(1);
            assertThat(lines).as("events and matches of " + title).hasSize(2);
            rows.add(new Row(title, blocks.get(0), lines.get(0), lines.get(1)));
        }
        return rows;
    }

    private static String[] page() throws IOException {
        return Files.readString(PAGE).split("(?m)^### ", -1);
    }

    private static List<String> blocks(String part, String language) {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(part);
        while (matcher.find()) {
            if (matcher.group(1).equals(language)) {
                blocks.add(matcher.group(2));
            }
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("rows")
    @DisplayName("shows a form of each clause that gives the matches it says:")
    void holds(Row row) throws IOException {
        String types = blocks(page()[0], "yaml").get(0);
        assertThat(row.matches()).as("a row that matches nothing shows nothing").isNotBlank();

        try (var trial = QueryTrial.parse(types + "---\n" + row.definition())) {
            trial.publishLines(row.title(), row.events());
            trial.finish();
            MatchComparison comparison = trial.compare(row.title(), row.matches());

            assertThat(comparison.holds()).as(comparison.diff()).isTrue();
            assertThat(trial.remarks()).isEmpty();
        }
    }

    @Test
    @DisplayName("has a row for each clause, and its table leads to each row")
    void isComplete() throws IOException {
        List<String> titles = rows().stream().map(Row::title).toList();

        assertThat(titles).containsAll(CLAUSES).doesNotHaveDuplicates();
        for (String title : titles) {
            assertThat(page()[0]).contains("[" + title + "](#" + title.replace(' ', '-') + ")");
        }
    }
}
