// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import static java.util.Objects.requireNonNull;

import com.espertech.esper.common.client.soda.AnnotationPart;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Filter;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement of the author: its model, which the compiler changes, and where it stands.
 *
 * @param line of the EPL at which it begins, from 1
 * @param text as the author wrote it, from that line on; empty if it was generated. Only for finding lines
 */
public record Statement(EPStatementObjectModel model, int line, String text) {
    private static final Pattern COMMENTS_BEFORE = Pattern.compile("\\A(?:\\s|//[^\n]*|/\\*(?s:.*?)\\*/)*+");

    public Statement {
        requireNonNull(model, "model");
        text = COMMENTS_BEFORE.matcher(requireNonNull(text, "text")).replaceFirst("");
    }

    /** A statement that no author wrote. */
    public Statement(EPStatementObjectModel model, int line) {
        this(model, line, "");
    }

    /** True if it selects; false if it only declares. */
    public boolean selects() {
        return model.getCreateSchema() == null && model.getSelectClause() != null && model.getFromClause() != null;
    }

    public boolean named(String name) {
        return model.getAnnotations() != null
                && model.getAnnotations().stream()
                        .filter(annotation -> annotation.getName().equals("Name"))
                        .anyMatch(annotation -> hasValue(annotation, name));
    }

    private static boolean hasValue(AnnotationPart annotation, String value) {
        return annotation.getAttributes().stream().anyMatch(attribute -> value.equals(attribute.getValue()));
    }

    /** The names of all event types that it reads, in the order of their first mention. */
    public Set<String> eventTypesRead() {
        Set<String> names = new LinkedHashSet<>();
        ModelWalk.each(model, Filter.class, filter -> names.add(filter.getEventTypeName()));
        return names;
    }

    /** The stream that it inserts into; empty if it does not. */
    public String insertsInto() {
        return model.getInsertInto() == null ? "" : model.getInsertInto().getStreamName();
    }

    /**
     * The line of the EPL where a word stands first in this statement; the statement's own if it is not found. The model
     * has no positions, so this is a help for the reader of a message and decides nothing.
     */
    int lineOf(String word) {
        if (word.isEmpty() || text.isEmpty()) {
            return line;
        }
        Matcher found = Pattern.compile(
                        "(?<![A-Za-z0-9_])" + Pattern.quote(word) + "(?![A-Za-z0-9_])", Pattern.CASE_INSENSITIVE)
                .matcher(text);
        return found.find()
                ? line
                        + (int) text.substring(0, found.start())
                                .chars()
                                .filter(c -> c == '\n')
                                .count()
                : line;
    }
}
