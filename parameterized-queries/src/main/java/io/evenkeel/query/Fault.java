// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

/**
 * One thing that is wrong with a document.
 *
 * @param line    in the document, from 1; 0 if the document has no lines (it came as values)
 * @param field   path of the field, such as {@code inputs[0].within}; empty for the document as a whole
 * @param message what was expected, what is there, and what to do; one sentence or two
 */
public record Fault(int line, String field, String message) {
    public Fault {
        requireNonNull(field, "field");
        requireNonNull(message, "message");
    }

    @Override
    public String toString() {
        String where = line > 0 ? "line " + line : "";
        String place = field.isEmpty() ? where : where.isEmpty() ? field : where + ", " + field;
        return place.isEmpty() ? message : place + ": " + message;
    }
}
