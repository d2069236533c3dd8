// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.FromClause;
import com.espertech.esper.common.client.soda.PatternStream;
import com.espertech.esper.common.client.soda.ProjectedStream;
import com.espertech.esper.common.client.soda.Stream;
import com.espertech.esper.common.client.soda.View;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds each stream to the history that its input declares: where the author gave no window, the declared one is put
 * in; where there is one, it may be smaller but not larger, and what it leaves open is closed with the declared bound.
 * Several windows on one stream intersect: an event leaves when the first of them lets it go.
 */
final class WindowRules {
    private static final Set<String> TIME = Set.of("time", "time_batch");
    private static final Set<String> LENGTH = Set.of("length", "length_batch");
    private static final Set<String> BATCH = Set.of("time_batch", "length_batch");
    /** Hold at most what the window beside them holds. */
    private static final Set<String> SELECTIVE = Set.of("unique", "lastevent", "sort", "rank", "groupwin");

    private final Statement statement;
    private final QueryDefinition query;
    private final Map<String, QueryInput> inputs;
    private final Faults faults;

    private WindowRules(Statement statement, QueryDefinition query, Faults faults) {
        this.statement = statement;
        this.query = query;
        this.inputs = query.inputs().stream().collect(Collectors.toMap(QueryInput::event, Function.identity()));
        this.faults = faults;
    }

    static void apply(Statement statement, QueryDefinition query, Faults faults) {
        WindowRules rules = new WindowRules(statement, query, faults);
        if (!PlainStatements.isPlain(statement.model())) {
            boolean aggregates = PlainStatements.aggregates(statement.model());
            ModelWalk.each(statement.model(), EPStatementObjectModel.class, model -> rules.apply(model, aggregates));
        }
    }

    /** @param model of the statement or of a subquery in it */
    private void apply(EPStatementObjectModel model, boolean aggregates) {
        FromClause from = model.getFromClause();
        if (from == null) {
            return;
        }
        for (Stream stream : from.getStreams()) {
            if (stream instanceof ProjectedStream projected && !projected.isUnidirectional()) {
                apply(projected, aggregates);
            }
        }
    }

    private void apply(ProjectedStream stream, boolean aggregates) {
        List<View> views = stream.getViews() == null ? List.of() : stream.getViews();
        QueryInput input = stream instanceof FilterStream filtered
                ? inputs.get(filtered.getFilter().getEventTypeName())
                : null;
        if (stream.isRetainUnion()) {
            refuse("windows that intersect", "retain-union, which has no bound");
        }
        views.forEach(view -> checkKind(view.getName()));
        if (input == null) {
            if (aggregates && views.isEmpty()) {
                refuse("a window on each stream of an aggregate", "none on " + name(stream));
            }
            return;
        }
        for (View view : views) {
            if (TIME.contains(view.getName())) {
                checkTime(view, input);
            } else if (LENGTH.contains(view.getName())) {
                checkLength(view, input);
            }
        }
        if (views.stream().noneMatch(view -> BATCH.contains(view.getName()))) {
            List<View> closed = new ArrayList<>(views);
            closed.addAll(missing(views, input));
            stream.setViews(closed);
        }
    }

    private static List<View> missing(List<View> views, QueryInput input) {
        List<View> missing = new ArrayList<>();
        if (input.within() != null && views.stream().noneMatch(view -> TIME.contains(view.getName()))) {
            missing.add(View.create("time", seconds(input.within())));
        }
        if (input.retain() != null && views.stream().noneMatch(view -> LENGTH.contains(view.getName()))) {
            missing.add(View.create("length", Expressions.constant(input.retain())));
        }
        return missing;
    }

    private static Expression seconds(Duration within) {
        return within.toMillis() % 1_000 == 0
                ? Expressions.timePeriod(null, null, null, within.toSeconds(), null)
                : Expressions.timePeriod(null, null, null, null, within.toMillis());
    }

    private void checkKind(String view) {
        if (!TIME.contains(view) && !LENGTH.contains(view) && !SELECTIVE.contains(view)) {
            Set<String> allowed = new TreeSet<>(TIME);
            allowed.addAll(LENGTH);
            allowed.addAll(SELECTIVE);
            refuse("one of the windows " + allowed, "#" + view);
        }
    }

    private void checkTime(View view, QueryInput input) {
        Double declared = input.within() == null ? null : input.within().toMillis() / 1e3;
        check(view, WindowSize.maxSeconds(view.getParameters().get(0), query), declared, "within", input);
    }

    private void checkLength(View view, QueryInput input) {
        Double declared = input.retain() == null ? null : input.retain().doubleValue();
        check(view, WindowSize.maxNumber(view.getParameters().get(0), query), declared, "retain", input);
    }

    private void check(View view, OptionalDouble size, @Nullable Double declared, String bound, QueryInput input) {
        if (declared == null) {
            if (BATCH.contains(view.getName())) {
                refuse(bound + " on input " + input.event() + " for #" + view.getName(), "none");
            }
        } else if (size.isEmpty()) {
            refuse(
                    "a window of constant size, or a parameter with a maximum",
                    "#" + view.getName() + " without a bound");
        } else if (size.getAsDouble() > declared) {
            refuse(
                    "a window of at most what input " + input.event() + " declares, " + bound + " " + text(declared)
                            + ("within".equals(bound) ? " s" : ""),
                    "#" + view.getName() + " of " + text(size.getAsDouble()));
        }
    }

    private static String text(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static String name(ProjectedStream stream) {
        return stream instanceof FilterStream filtered
                ? filtered.getFilter().getEventTypeName()
                : stream instanceof PatternStream ? "the pattern" : "it";
    }

    private void refuse(String expected, String actual) {
        faults.add(statement.line(), "Expected " + expected + ", but there is " + actual + ".");
    }
}
