// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.arch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The table of docs/words.md: which word we use, and which ones it replaces. */
final class WordList {
    private static final Pattern CAMEL_BOUNDARY = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final int WORD = 1;
    private static final int INSTEAD_OF = 3;

    private final Map<String, String> ours;

    private WordList(Map<String, String> ours) {
        this.ours = ours;
    }

    static WordList read() {
        try {
            return parse(Files.readAllLines(find()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static WordList parse(List<String> lines) {
        Map<String, String> ours = new LinkedHashMap<>();
        for (String line : lines) {
            String[] cells = line.split("\\|", -1);
            if (cells.length != 5 || cells[INSTEAD_OF].isBlank() || cells[INSTEAD_OF].contains("---")) {
                continue;
            }
            if (cells[INSTEAD_OF].strip().equals("instead of")) {
                continue;
            }
            for (String replaced : cells[INSTEAD_OF].split(",", -1)) {
                ours.put(replaced.strip().toLowerCase(Locale.ROOT), cells[WORD].strip());
            }
        }
        return new WordList(ours);
    }

    int size() {
        return ours.size();
    }

    /** @return what to change in the name, or nothing if it keeps to our words */
    Optional<String> objectionTo(String typeName) {
        String words = " " + String.join(" ", CAMEL_BOUNDARY.split(typeName)).toLowerCase(Locale.ROOT) + " ";
        return ours.entrySet().stream()
                .filter(word -> words.contains(" " + word.getKey() + " ") || words.contains(" " + word.getKey() + "s "))
                .map(word -> "says '%s', our word is '%s'".formatted(word.getKey(), word.getValue()))
                .findFirst();
    }

    private static Path find() {
        Path folder = Path.of("").toAbsolutePath();
        for (Path at = folder; at != null; at = at.getParent()) {
            Path words = at.resolve("docs").resolve("words.md");
            if (Files.isRegularFile(words)) {
                return words;
            }
        }
        throw new IllegalStateException(
                "Expected docs/words.md above " + folder + ", but it is in none of its parents");
    }
}
