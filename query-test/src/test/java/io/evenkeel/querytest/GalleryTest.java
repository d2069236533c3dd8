// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The gallery in queries/")
class GalleryTest {
    private static final Path GALLERY = Path.of("..", "queries");

    private static final Map<Path, TrialDefinitions> COMPILED = new HashMap<>();

    static List<Path> folders() throws IOException {
        try (Stream<Path> entries = Files.list(GALLERY)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    @DisplayName("has folders whose queries find in their events what is expected, and nothing else:")
    void findsWhatIsExpected(Path folder) throws IOException {
        assertThat(folder).isDirectoryContaining("glob:**.yaml");
        assertThat(folder.resolve("README.md")).isNotEmptyFile();
        String events = Files.readString(folder.resolve("events.jsonl"));
        String expected = Files.readString(folder.resolve("expected.jsonl"));
        TrialDefinitions definitions = definitions(folder);
        assertThat(definitions.queries())
                .isNotEmpty()
                .allSatisfy(query -> assertThat(query.description())
                        .as("description of " + query.name())
                        .isNotEmpty());

        try (var trial = new QueryTrial(definitions)) {
            trial.publishLines(folder + "/events.jsonl", events);
            trial.finish();
            MatchComparison comparison = trial.compare(folder + "/expected.jsonl", expected);

            assertThat(comparison.holds()).as(comparison.diff()).isTrue();
            assertThat(trial.remarks()).isEmpty();
            assertThat(instancesIn(trial))
                    .as("each instance matches once at least")
                    .hasSize(instances(definitions));
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    @DisplayName("has folders whose matches stay the same when the state is lost and replayed after each event:")
    void survivesRestarts(Path folder) throws IOException {
        TrialDefinitions definitions = definitions(folder);
        List<String> lines =
                Files.readString(folder.resolve("events.jsonl")).lines().toList();
        try (var trial = new QueryTrial(definitions)) {
            // Each line on its own: ids that are not given are counted in the file.
            for (int i = 0; i < lines.size(); i++) {
                trial.publishLines("events.jsonl", "\n".repeat(i) + lines.get(i));
                trial.restart();
            }
            trial.finish();
            MatchComparison comparison =
                    trial.compare("expected.jsonl", Files.readString(folder.resolve("expected.jsonl")));

            assertThat(comparison.holds()).as(comparison.diff()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    @DisplayName("Q12 has folders of which each match can be explained by events of its key:")
    void explains(Path folder) throws IOException {
        try (var trial = new QueryTrial(definitions(folder))) {
            trial.publishLines("events.jsonl", Files.readString(folder.resolve("events.jsonl")));
            trial.finish();
            for (TrialMatch match : trial.matches()) {
                Explanation explanation = trial.explain(match);

                assertThat(explanation.events()).as(match.toString()).isNotEmpty();
                assertThat(explanation.minimal()).isTrue();
                if (!match.cause().isEmpty()) {
                    assertThat(explanation.ids()).endsWith(match.cause());
                }
            }
        }
    }

    @Test
    @DisplayName("has twelve folders at least, and a page that lists each of them")
    void isListed() throws IOException {
        String index = Files.readString(GALLERY.resolve("README.md"));

        assertThat(folders()).hasSizeGreaterThanOrEqualTo(12);
        for (Path folder : folders()) {
            String name = folder.getFileName().toString();
            assertThat(index).contains("[" + name + "](" + name + "/");
        }
    }

    private static Set<InstanceId> instancesIn(QueryTrial trial) {
        Set<InstanceId> instances = new HashSet<>();
        trial.matches().forEach(match -> instances.add(match.instance()));
        return instances;
    }

    private static int instances(TrialDefinitions definitions) {
        return definitions.plans().queries().values().stream()
                .mapToInt(plan -> plan.instances().size())
                .sum();
    }

    /** Compiled once for all tests: that is what takes time here. */
    private static TrialDefinitions definitions(Path folder) throws IOException {
        TrialDefinitions known = COMPILED.get(folder);
        if (known == null) {
            try (Stream<Path> files = Files.list(folder)) {
                known = TrialDefinitions.load(
                        files.filter(file -> file.toString().endsWith(".yaml"))
                                .sorted()
                                .toList());
            }
            COMPILED.put(folder, known);
        }
        return known;
    }
}
