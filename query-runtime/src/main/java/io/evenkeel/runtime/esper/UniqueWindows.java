// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.ProjectedStream;
import com.espertech.esper.common.client.soda.Stream;
import com.espertech.esper.common.client.soda.View;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.esper.rule.ModelWalk;
import io.evenkeel.runtime.esper.rule.PlainStatements;
import io.evenkeel.runtime.esper.rule.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts the window that keeps the newest event for each value of some fields before the windows of an input that declares
 * {@code unique}. Windows on one stream intersect: an event that another of its value replaces leaves all of them.
 */
final class UniqueWindows {
    private static final Set<String> BATCH = Set.of("time_batch", "length_batch");

    private UniqueWindows() {}

    /** To be called when the windows by time and number are in place. */
    static void apply(Statement statement, QueryDefinition query, Faults faults) {
        Map<String, QueryInput> inputs = query.inputs().stream()
                .filter(input -> !input.unique().isEmpty())
                .collect(Collectors.toMap(QueryInput::event, Function.identity()));
        if (inputs.isEmpty() || PlainStatements.isPlain(statement.model())) {
            return;
        }
        ModelWalk.each(statement.model(), EPStatementObjectModel.class, model -> {
            List<Stream> streams = model.getFromClause() == null
                    ? List.of()
                    : model.getFromClause().getStreams();
            for (Stream stream : streams) {
                if (stream instanceof FilterStream filtered && !filtered.isUnidirectional()) {
                    QueryInput input = inputs.get(filtered.getFilter().getEventTypeName());
                    if (input != null) {
                        add(filtered, input, statement, faults);
                    }
                }
            }
        });
    }

    private static void add(ProjectedStream stream, QueryInput input, Statement statement, Faults faults) {
        List<View> views = stream.getViews() == null ? List.of() : stream.getViews();
        if (views.stream().anyMatch(view -> BATCH.contains(view.getName()))) {
            faults.add(
                    statement.line(),
                    "Expected no window by batches on input " + input.event()
                            + ", which declares unique, but there is one. Drop one of the two.");
            return;
        }
        Expression[] fields = input.unique().stream().map(Expressions::property).toArray(Expression[]::new);
        List<View> all = new ArrayList<>();
        all.add(View.create("unique", fields));
        all.addAll(views);
        stream.setViews(all);
    }
}
