// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Applies all rules of the {@link RuleTable} to a query. No state; thread-safe. */
public final class DefinitionCheck {
    private DefinitionCheck() {}

    /**
     * Checks all statements, and puts the declared windows on streams that have none.
     *
     * @param statements of the query, in order; their models are changed
     */
    public static void apply(List<Statement> statements, QueryDefinition query, Findings findings) {
        Set<String> inputs = new LinkedHashSet<>();
        query.inputs().stream().map(QueryInput::event).forEach(inputs::add);
        StreamsCheck streams = new StreamsCheck(inputs, findings);
        Reaches reaches = new Reaches(query, findings);
        for (Statement statement : statements) {
            if (!PartsCheck.check(statement, findings)) {
                continue;
            }
            CallsCheck.check(statement, findings);
            streams.check(statement);
            Windows.apply(statement, query, findings);
            PatternCheck.check(statement, query, findings);
            AggregatesCheck.check(statement, findings);
            OutputCheck.check(statement, findings);
            reaches.check(statement);
        }
    }
}
