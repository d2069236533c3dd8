// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.DotExpressionItemCall;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.ProjectedStream;
import com.espertech.esper.common.client.soda.PropertyValueExpression;
import com.espertech.esper.common.client.soda.SingleRowMethodExpression;
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
 *
 * <p>Where there is a window by number as well, both become one, which has the newest event of each of the n values that came
 * last. Esper's two would each lose an event where a new one replaces another, so that what they have depends on events that
 * left them long ago.
 */
final class UniqueWindows {
    /** Less for each event than for those before it. */
    static final String RECENCY = "evenkeel_recency";

    private static final String UNIQUE = "unique";
    private static final String LENGTH = "length";
    private static final Set<String> REPLACED = Set.of(UNIQUE, LENGTH);
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
        if (input.retain() == null) {
            all.add(View.create(UNIQUE, fields));
            all.addAll(views);
        } else {
            views.stream().filter(view -> !REPLACED.contains(view.getName())).forEach(all::add);
            if (views.stream().noneMatch(view -> view.getName().equals("lastevent"))) {
                all.add(newest(fields, number(views, input, statement, faults)));
            }
        }
        stream.setViews(all);
    }

    /** How many events the window by number keeps. */
    private static Expression number(List<View> views, QueryInput input, Statement statement, Faults faults) {
        List<View> numbered =
                views.stream().filter(view -> view.getName().equals(LENGTH)).toList();
        boolean others = views.stream()
                .filter(view -> view.getName().equals(UNIQUE))
                .anyMatch(view -> !fields(view).equals(Set.copyOf(input.unique())));
        Expression number = numbered.isEmpty()
                ? Expressions.constant(input.retain())
                : numbered.get(0).getParameters().get(0);
        if (others || numbered.size() > 1 || !(number instanceof ConstantExpression)) {
            faults.add(
                    statement.line(),
                    "Expected at most one #length, with a number and no parameter, and no #unique of other fields on input "
                            + input.event() + ", which declares unique and retain, but there is "
                            + (others ? "another #unique" : numbered.size() > 1 ? "a second #length" : "a parameter")
                            + ". Drop it, or drop unique from the input.");
        }
        return number;
    }

    private static Set<String> fields(View unique) {
        return unique.getParameters().stream()
                .map(parameter -> parameter instanceof PropertyValueExpression field ? field.getPropertyName() : "")
                .collect(Collectors.toSet());
    }

    private static View newest(Expression[] fields, Expression number) {
        List<Expression> parameters = new ArrayList<>(List.of(fields));
        parameters.add(number);
        parameters.add(new SingleRowMethodExpression(List.of(new DotExpressionItemCall(RECENCY, List.of(fields[0])))));
        return View.create("rank", parameters.toArray(Expression[]::new));
    }
}
