// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import java.util.Map;

/**
 * The text that a document came from, for messages about it.
 *
 * @param text  as its author wrote it
 * @param lines line of each field by its path, from 1, counted in the file and not in the document
 */
public record Source(String text, Map<String, Integer> lines) {
    /** A document that came as values. */
    public static final Source NONE = new Source("", Map.of());

    public Source {
        lines = Map.copyOf(lines);
    }

    /** The line of a field, or of the nearest part of its path that is in the document; 0 if there are no lines. */
    public int line(String field) {
        for (String path = field; !path.isEmpty(); path = parent(path)) {
            Integer line = lines.get(path);
            if (line != null) {
                return line;
            }
        }
        return lines.getOrDefault("", 0);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }
}
