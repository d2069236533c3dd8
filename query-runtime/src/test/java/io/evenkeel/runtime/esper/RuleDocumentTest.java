// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Write the pages again with {@code -Devenkeel.docs.write=true}. */
@DisplayName("The pages for authors")
class RuleDocumentTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Map<String, Supplier<String>> PAGES =
            Map.of("recoverability.md", RuleDocument::recoverability, "sandbox.md", RuleDocument::sandbox);

    @ParameterizedTest
    @ValueSource(strings = {"recoverability.md", "sandbox.md"})
    @DisplayName("Q6 Q8 say what the rules say:")
    void areFresh(String page) throws IOException {
        String text = PAGES.getOrDefault(page, () -> "").get();
        if (Boolean.getBoolean("evenkeel.docs.write")) {
            Files.writeString(DOCS.resolve(page), text);
        }
        assertThat(Files.readString(DOCS.resolve(page)))
                .as("docs/%s is stale; write it again with -Dtest=RuleDocumentTest -Devenkeel.docs.write=true", page)
                .isEqualTo(text);
    }
}
