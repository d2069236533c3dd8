// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.ExpressionPrecedenceEnum;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.FromClause;
import com.espertech.esper.common.client.soda.ProjectedStream;
import com.espertech.esper.common.client.soda.SelectClause;
import com.espertech.esper.common.client.soda.Stream;
import com.espertech.esper.common.client.soda.StreamSelector;
import com.espertech.esper.common.client.soda.View;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds each stream to the history that its input declares: where the author gave no window, the declared one is put
 * in; where there is one, it may be smaller but not larger, and what it leaves open is closed with the declared bound.
 * Several windows on one stream intersect: an event leaves when the first of them lets it go.
 */
final class Windows {
    static final String TIME = "time";
    static final String LENGTH = "length";
    static final String BATCH = "time_batch";
    private static final String UNIQUE = "unique";
    private static final Set<String> KINDS = Set.of(TIME, LENGTH, BATCH, UNIQUE, "lastevent");

    private final Statement statement;
    private final QueryDefinition query;
    private final Map<String, QueryInput> inputs;
    private final Findings findings;

    private Windows(Statement statement, QueryDefinition query, Findings findings) {
        this.statement = statement;
        this.query = query;
        this.inputs = query.inputs().stream().collect(Collectors.toMap(QueryInput::event, Function.identity()));
        this.findings = findings;
    }

    /** Checks all windows of a statement and puts in those that are missing. */
    static void apply(Statement statement, QueryDefinition query, Findings findings) {
        Windows windows = new Windows(statement, query, findings);
        if (statement.selects() && !PlainStatements.isPlain(statement.model())) {
            ModelWalk.each(statement.model(), EPStatementObjectModel.class, windows::apply);
        }
    }

    /** @param model of the statement or of a subquery in it */
    private void apply(EPStatementObjectModel model) {
        FromClause from = model.getFromClause();
        if (from == null) {
            return;
        }
        boolean needed = model != statement.model()
                || from.getStreams().size() > 1
                || model.getMatchRecognizeClause() != null
                || PlainStatements.aggregates(model);
        for (Stream stream : from.getStreams()) {
            if (stream instanceof ProjectedStream projected) {
                apply(projected, needed);
                if (model.getGroupByClause() != null || selectsRemoved(model)) {
                    checkRemoved(projected);
                }
            }
        }
    }

    private static boolean selectsRemoved(EPStatementObjectModel model) {
        SelectClause select = model.getSelectClause();
        return select != null
                && select.getStreamSelector() != null
                && select.getStreamSelector() != StreamSelector.ISTREAM_ONLY;
    }

    /** What one event pushes out of two windows that intersect comes out in an order that differs from run to run. */
    private void checkRemoved(ProjectedStream stream) {
        List<View> views = stream.getViews() == null ? List.of() : stream.getViews();
        Set<Set<String>> uniques = new HashSet<>();
        views.stream()
                .filter(view -> view.getName().equals(UNIQUE))
                .forEach(view -> uniques.add(
                        view.getParameters().stream().map(Windows::text).collect(Collectors.toSet())));
        boolean byNumber = views.stream().anyMatch(view -> view.getName().equals(LENGTH));
        QueryInput input = stream instanceof FilterStream filtered
                ? inputs.get(filtered.getFilter().getEventTypeName())
                : null;
        if (input != null && !input.unique().isEmpty()) {
            uniques.add(new HashSet<>(input.unique()));
            byNumber &= input.retain() == null; // with it, UniqueWindows makes one window of the two
        }
        if (uniques.size() + (byNumber ? 1 : 0) > 1 && !uniques.isEmpty()) {
            refuse(WindowRules.REMOVED, name(stream), "one of " + name(stream) + " with two such windows");
        }
    }

    private void apply(ProjectedStream stream, boolean needed) {
        List<View> views = stream.getViews() == null ? List.of() : stream.getViews();
        if (stream.isRetainUnion()) {
            refuse(WindowRules.UNION, "retain-union", "retain-union");
        }
        views.forEach(this::checkKind);
        QueryInput input = stream instanceof FilterStream filtered
                ? inputs.get(filtered.getFilter().getEventTypeName())
                : null;
        for (View view : views) {
            if (view.getName().equals(BATCH)) {
                checkBatch(view, views, input);
            } else if (view.getName().equals(TIME)) {
                checkTime(view, input);
            } else if (view.getName().equals(LENGTH)) {
                checkLength(view, input);
            }
        }
        if (stream.isUnidirectional() && views.isEmpty()) {
            return;
        }
        if (input == null) {
            boolean timed =
                    views.stream().anyMatch(view -> TIME.equals(view.getName()) || BATCH.equals(view.getName()));
            if (!timed && (needed || !views.isEmpty())) {
                refuse(WindowRules.DERIVED, name(stream), "none on " + name(stream));
            }
            return;
        }
        if (input.within() == null) {
            checkRetained(((FilterStream) stream), views);
        }
        if (views.stream().noneMatch(view -> BATCH.equals(view.getName()))) {
            List<View> closed = new ArrayList<>(views);
            closed.addAll(missing(views, input));
            stream.setViews(closed);
        }
    }

    private static List<View> missing(List<View> views, QueryInput input) {
        List<View> missing = new ArrayList<>();
        Duration within = input.within();
        if (within != null && views.stream().noneMatch(view -> TIME.equals(view.getName()))) {
            missing.add(View.create(TIME, seconds(within)));
        }
        if (input.retain() != null && views.stream().noneMatch(view -> LENGTH.equals(view.getName()))) {
            missing.add(View.create(LENGTH, Expressions.constant(input.retain())));
        }
        return missing;
    }

    private static Expression seconds(Duration within) {
        return within.toMillis() % 1_000 == 0
                ? Expressions.timePeriod(null, null, null, within.toSeconds(), null)
                : Expressions.timePeriod(null, null, null, null, within.toMillis());
    }

    private void checkKind(View view) {
        if (!KINDS.contains(view.getName())) {
            refuse(WindowRules.KIND, view.getName(), "#" + view.getName());
        }
    }

    /** Only the last events of the key are in the log, not the last that pass a filter or that differ. */
    private void checkRetained(FilterStream stream, List<View> views) {
        if (stream.getFilter().getFilter() != null) {
            refuse(
                    WindowRules.RETAINED,
                    stream.getFilter().getEventTypeName(),
                    "a filter on " + stream.getFilter().getEventTypeName() + ", which has retain alone");
        }
        if (views.stream().anyMatch(view -> UNIQUE.equals(view.getName()))) {
            refuse(WindowRules.RETAINED, UNIQUE, "#unique on an input that has retain alone");
        }
    }

    private void checkBatch(View view, List<View> views, @Nullable QueryInput input) {
        boolean anchored = view.getParameters().size() == 2
                && view.getParameters().get(1) instanceof ConstantExpression reference
                && (reference.getConstant() instanceof Long || reference.getConstant() instanceof Integer);
        if (!anchored || views.size() != 1) {
            refuse(WindowRules.BATCH, BATCH, "#time_batch otherwise");
        } else if (input != null && input.within() == null) {
            refuse(WindowRules.BATCH, BATCH, "an input with retain alone");
        } else if (input != null) {
            OptionalDouble size = WindowSize.maxSeconds(view.getParameters().get(0), query);
            if (size.isEmpty() || 2 * size.getAsDouble() > seconds(input)) {
                refuse(
                        WindowRules.BATCH,
                        BATCH,
                        "one of " + text(size) + " s with a within of " + text(seconds(input)));
            }
        }
    }

    private void checkTime(View view, @Nullable QueryInput input) {
        OptionalDouble size = view.getParameters().isEmpty()
                ? OptionalDouble.empty()
                : WindowSize.maxSeconds(view.getParameters().get(0), query);
        if (size.isEmpty()) {
            refuse(WindowRules.SIZE, TIME, "#time without a known bound");
        } else if (input != null && input.within() != null && size.getAsDouble() > seconds(input)) {
            refuse(
                    WindowRules.SIZE,
                    TIME,
                    "#time of " + text(size) + " s with a within of " + text(seconds(input)) + " s on "
                            + input.event());
        }
    }

    private void checkLength(View view, @Nullable QueryInput input) {
        if (input != null && input.retain() != null) {
            OptionalDouble size = view.getParameters().isEmpty()
                    ? OptionalDouble.empty()
                    : WindowSize.maxNumber(view.getParameters().get(0), query);
            if (size.isEmpty() || size.getAsDouble() > input.retain()) {
                refuse(
                        WindowRules.SIZE,
                        LENGTH,
                        "#length of " + text(size) + " with a retain of " + input.retain() + " on " + input.event());
            }
        }
    }

    /** @param input with a within */
    private static double seconds(QueryInput input) {
        Duration within = input.within();
        return within == null ? 0 : within.toMillis() / 1e3;
    }

    private static String text(OptionalDouble number) {
        return number.isEmpty() ? "an unknown number" : text(number.getAsDouble());
    }

    static String text(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static String text(Expression expression) {
        StringWriter text = new StringWriter();
        expression.toEPL(text, ExpressionPrecedenceEnum.MINIMUM);
        return text.toString();
    }

    private static String name(ProjectedStream stream) {
        return stream instanceof FilterStream filtered ? filtered.getFilter().getEventTypeName() : "the pattern";
    }

    private void refuse(Rule rule, String word, String actual) {
        findings.refuse(rule, statement.lineOf(word), actual);
    }
}
