// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.StreamSelector;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Follows the streams from statement to statement: what is read must be there, and nothing may feed itself. */
final class StreamsCheck {
    private final Set<String> inputs;
    private final Findings findings;
    private final Set<String> declared = new HashSet<>();
    private final Set<String> readSoFar = new HashSet<>();
    /** By stream: all from which it is made, itself included. */
    private final Map<String, Set<String>> madeOf = new HashMap<>();

    StreamsCheck(Set<String> inputs, Findings findings) {
        this.inputs = Set.copyOf(inputs);
        this.findings = findings;
    }

    /** To be called with each statement in order. */
    void check(Statement statement) {
        Set<String> read = statement.eventTypesRead();
        Set<String> origins = new LinkedHashSet<>(read);
        for (String type : read) {
            if (!inputs.contains(type) && !declared.contains(type)) {
                refuse(statement, type, type + ", which is neither an input nor inserted into before");
            }
            origins.addAll(madeOf.getOrDefault(type, Set.of()));
        }
        if (statement.selects() && read.isEmpty()) {
            refuse(statement, "", "a statement that reads none");
        }
        String target = statement.model().getCreateSchema() != null
                ? statement.model().getCreateSchema().getSchemaName()
                : statement.insertsInto();
        if (inputs.contains(target)) {
            refuse(statement, target, target + " as a target, although it is an input");
        } else if (origins.contains(target)) {
            refuse(statement, target, target + ", which is made of itself");
        }
        if (readSoFar.contains(target)) {
            refuse(statement, target, target + " as a target after a statement that reads it");
        }
        readSoFar.addAll(read);
        if (!statement.insertsInto().isEmpty()
                && (statement.model().getInsertInto().getStreamSelector() != StreamSelector.ISTREAM_ONLY
                        || statement.model().getInsertInto().getEventPrecedence() != null)) {
            refuse(statement, "into", "insert into of events that leave, or with precedence");
        }
        if (!target.isEmpty()) {
            declared.add(target);
            origins.add(target);
            madeOf.computeIfAbsent(target, t -> new HashSet<>()).addAll(origins);
        }
    }

    private void refuse(Statement statement, String word, String actual) {
        findings.refuse(SelectRules.STREAM, statement.lineOf(word), actual);
    }
}
