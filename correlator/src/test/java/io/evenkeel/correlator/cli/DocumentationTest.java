// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evenkeel.correlator.config.ConfigurationReader;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.EventType;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README and docs show can be typed: commands parse, documents fit together and compile, settings are accepted. */
class DocumentationTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

    @Test
    @DisplayName(
            "each command of the README and of the pages on tests and operations is one that the launcher knows, with its options")
    void commandsParse() throws IOException {
        List<String> blocks = new ArrayList<>(blocks("README.md", "sh"));
        blocks.addAll(blocks("docs/testing-queries.md", "sh"));
        blocks.addAll(blocks("docs/operations.md", "sh"));
        blocks.addAll(blocks("docs/tasks.md", "sh"));
        blocks.addAll(blocks("queries/README.md", "sh"));
        List<String> commands = blocks.stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("./evenkeel"))
                .toList();

        for (String command : commands) {
            String[] words = command.split(" +");
            assertThatCode(() -> Main.commandLine().parseArgs(Arrays.copyOfRange(words, 1, words.length)))
                    .as(command)
                    .doesNotThrowAnyException();
        }
        assertThat(commands).as("commands on the pages").hasSizeGreaterThan(24);
    }

    @Test
    @DisplayName("the definitions of the README make a catalog, and its query compiles")
    void definitionsFitTogether() throws IOException {
        List<CatalogChange> changes = new ArrayList<>();
        for (String block : blocks("README.md", "yaml")) {
            for (Document document : DocumentReader.read("README.md", block)) {
                changes.add(CatalogChange.put(document));
            }
        }

        CatalogSnapshot catalog = CatalogRules.apply(CatalogSnapshot.EMPTY, changes);

        assertThat(catalog.queries()).containsOnlyKeys("late-airport");
        Map<String, EventType> types = new TreeMap<>();
        catalog.eventTypes().forEach((name, type) -> types.put(name, type.value()));
        catalog.queries()
                .values()
                .forEach(query -> assertThat(new EsperQueryCompiler().compile(query.value(), types))
                        .isNotNull());
    }

    @Test
    @DisplayName("the configuration of the operations page is accepted")
    void configurationIsAccepted(@TempDir Path folder) throws IOException {
        String settings = blocks("docs/operations.md", "yaml").get(0);
        Files.createDirectories(folder.resolve("secrets"));
        Files.writeString(folder.resolve("secrets/main"), "secret");
        Path file = Files.writeString(folder.resolve("node-1.yaml"), settings);

        assertThat(ConfigurationReader.read(file, Map.of()).node().name()).isEqualTo("node-1");
    }

    private static List<String> blocks(String page, String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(PROJECT.resolve(page)));
        while (matcher.find()) {
            if (matcher.group(1).equals(language)) {
                blocks.add(matcher.group(2));
            }
        }
        return blocks;
    }
}
