// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a node refused a request: a problem document (RFC 9457).
 *
 * @param status of HTTP
 * @param code   for programs, such as {@code CONFLICT}; empty if the answer was no problem document
 * @param detail for people
 * @param change id of the change that did not come about; null: none was begun
 * @param faults of the definitions that were sent
 * @param nodes  what each node said of the change
 */
public record Problem(
        int status,
        String code,
        String title,
        String detail,
        @Nullable String change,
        List<Fault> faults,
        List<NodeOutcome> nodes) {
    /** @param field path in the document, such as {@code inputs[0].key} @param line 0: not known */
    public record Fault(String field, int line, String message) {
        @Override
        public String toString() {
            return (line > 0 ? "line " + line + ", " : "") + field + ": " + message;
        }
    }

    /** Of a document from outside anything may be missing. */
    public Problem(
            int status,
            @Nullable String code,
            @Nullable String title,
            @Nullable String detail,
            @Nullable String change,
            @Nullable List<Fault> faults,
            @Nullable List<NodeOutcome> nodes) {
        this.status = status;
        this.code = code == null ? "" : code;
        this.title = title == null ? "" : title;
        this.detail = detail == null ? "" : detail;
        this.change = change;
        this.faults = faults == null ? List.of() : List.copyOf(faults);
        this.nodes = nodes == null ? List.of() : List.copyOf(nodes);
    }

    static Problem of(int status, String body) {
        try {
            Problem read = Answer.JSON.readValue(body, Problem.class);
            if (read != null && !read.code.isEmpty()) {
                return read;
            }
        } catch (JsonProcessingException e) {
            // The same as with JSON of another kind: whoever answered is no node.
        }
        String detail = "The answer is " + status + " and no problem document. Is it an Evenkeel node?";
        return new Problem(status, "", "", detail, null, List.of(), List.of());
    }

    /** With the faults, one a line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(detail);
        faults.forEach(fault -> text.append("\n  ").append(fault));
        return text.toString();
    }
}
