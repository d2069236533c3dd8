// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.ArithmaticExpression;
import com.espertech.esper.common.client.soda.AvedevProjectionExpression;
import com.espertech.esper.common.client.soda.AvgProjectionExpression;
import com.espertech.esper.common.client.soda.BetweenExpression;
import com.espertech.esper.common.client.soda.CaseSwitchExpression;
import com.espertech.esper.common.client.soda.CaseWhenThenExpression;
import com.espertech.esper.common.client.soda.CastExpression;
import com.espertech.esper.common.client.soda.CoalesceExpression;
import com.espertech.esper.common.client.soda.ConcatExpression;
import com.espertech.esper.common.client.soda.Conjunction;
import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.CountProjectionExpression;
import com.espertech.esper.common.client.soda.CountStarProjectionExpression;
import com.espertech.esper.common.client.soda.CrontabParameterExpression;
import com.espertech.esper.common.client.soda.CurrentTimestampExpression;
import com.espertech.esper.common.client.soda.Disjunction;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.GroupByClause;
import com.espertech.esper.common.client.soda.GroupByClauseExpression;
import com.espertech.esper.common.client.soda.GroupByClauseExpressionSingle;
import com.espertech.esper.common.client.soda.InExpression;
import com.espertech.esper.common.client.soda.MaxProjectionExpression;
import com.espertech.esper.common.client.soda.MedianProjectionExpression;
import com.espertech.esper.common.client.soda.MinProjectionExpression;
import com.espertech.esper.common.client.soda.NamedParameterExpression;
import com.espertech.esper.common.client.soda.NotExpression;
import com.espertech.esper.common.client.soda.PlugInProjectionExpression;
import com.espertech.esper.common.client.soda.PropertyValueExpression;
import com.espertech.esper.common.client.soda.RelationalOpExpression;
import com.espertech.esper.common.client.soda.ScheduleItemType;
import com.espertech.esper.common.client.soda.SelectClause;
import com.espertech.esper.common.client.soda.SelectClauseElement;
import com.espertech.esper.common.client.soda.SelectClauseExpression;
import com.espertech.esper.common.client.soda.SelectClauseWildcard;
import com.espertech.esper.common.client.soda.StddevProjectionExpression;
import com.espertech.esper.common.client.soda.Stream;
import com.espertech.esper.common.client.soda.StreamSelector;
import com.espertech.esper.common.client.soda.SubstitutionParameterExpression;
import com.espertech.esper.common.client.soda.SumProjectionExpression;
import com.espertech.esper.common.client.soda.TimePeriodExpression;
import com.espertech.esper.common.client.soda.View;
import io.evenkeel.query.EventType;
import io.evenkeel.runtime.esper.rule.PlainStatements;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs plain aggregates over a window in time without a partition for each key: one window for all keys, and a group for
 * each. An event leaves at its own time in both, and a group that is empty is dropped, so that the matches are the same
 * ({@code KeyFormsTest}), at a fraction of the time and memory.
 *
 * <p>Whether a statement has a row for each event, or one for each change of the aggregates, Esper decides by which
 * fields it selects beside those it groups by. Since the key becomes one of the latter, a field that is not of the key
 * is selected as well where there is to be a row for each event.
 */
final class KeyGroups {
    /** Selected so that there is a row for each event; not in the bodies of matches. */
    private static final String ROW = KeyContexts.COLUMN_PREFIX + "row";

    private static final Set<Class<? extends Expression>> AGGREGATES = Set.of(
            AvedevProjectionExpression.class,
            AvgProjectionExpression.class,
            CountProjectionExpression.class,
            CountStarProjectionExpression.class,
            MaxProjectionExpression.class,
            MedianProjectionExpression.class,
            MinProjectionExpression.class,
            StddevProjectionExpression.class,
            SumProjectionExpression.class);

    /** Their children are all that they are made of, and they ask for nothing that is not in the row. */
    private static final Set<Class<? extends Expression>> TRANSPARENT = Set.of(
            ArithmaticExpression.class,
            BetweenExpression.class,
            CaseSwitchExpression.class,
            CaseWhenThenExpression.class,
            CastExpression.class,
            CoalesceExpression.class,
            ConcatExpression.class,
            Conjunction.class,
            ConstantExpression.class,
            CurrentTimestampExpression.class,
            Disjunction.class,
            InExpression.class,
            NotExpression.class,
            PropertyValueExpression.class,
            RelationalOpExpression.class,
            SubstitutionParameterExpression.class,
            TimePeriodExpression.class);

    private final EPStatementObjectModel model;
    private final List<String> key;
    /** Fields outside of aggregates. */
    private final Set<String> bare = new HashSet<>();

    private boolean known = true;
    private boolean aggregates;
    private boolean all;

    private KeyGroups(EPStatementObjectModel model, List<String> key) {
        this.model = model;
        this.key = key;
    }

    /**
     * Changes a statement that can do with groups.
     *
     * @param type of the events that it reads
     * @return false if it cannot; then it is as it was
     */
    static boolean apply(EPStatementObjectModel model, List<String> key, EventType type) {
        return new KeyGroups(model, key).apply(type);
    }

    private boolean apply(EventType type) {
        Optional<List<String>> grouped = groupedBy();
        if (!isOverTime() || grouped.isEmpty() || !hasPlainConditions()) {
            return false;
        }
        for (SelectClauseElement element : model.getSelectClause().getSelectList()) {
            if (element instanceof SelectClauseExpression selected) {
                look(selected.getExpression());
            } else if (element instanceof SelectClauseWildcard) {
                all = true;
            } else {
                known = false;
            }
        }
        // In a partition, a field of the key counts as grouped by.
        boolean rowForEach = all || !key.containsAll(bare);
        if (model.getHavingClause() != null) {
            bare.clear();
            look(model.getHavingClause());
            // Other fields make yet another kind of row.
            known &= key.containsAll(bare);
        }
        Optional<String> other = type.fields().stream()
                .map(EventType.Field::name)
                .filter(field -> !key.contains(field))
                .findFirst();
        if (!known
                || !aggregates
                || rowForEach && (other.isEmpty() || !grouped.get().isEmpty())) {
            return false;
        }
        if (rowForEach) {
            model.getSelectClause().add(Expressions.property(other.get()), ROW);
        }
        Set<String> fields = new LinkedHashSet<>(grouped.get());
        fields.addAll(key);
        model.setGroupByClause(GroupByClause.create(fields.toArray(String[]::new)));
        // An event that the condition drops behind the window may as well not get in: of a thousand instances each held
        // all.
        IndexedFilters.move(model);
        return true;
    }

    private boolean isOverTime() {
        SelectClause select = model.getSelectClause();
        List<Stream> streams = model.getFromClause().getStreams();
        return (select.getStreamSelector() == null || select.getStreamSelector() == StreamSelector.ISTREAM_ONLY)
                && !select.isDistinct()
                && model.getInsertInto() == null
                && model.getOrderByClause() == null
                && model.getOutputLimitClause() == null
                && model.getRowLimitClause() == null
                && model.getMatchRecognizeClause() == null
                && streams.size() == 1
                && streams.get(0) instanceof FilterStream stream
                && !stream.isUnidirectional()
                && stream.getViews() != null
                && stream.getViews().size() == 1
                && isTime(stream.getViews().get(0));
    }

    private static boolean isTime(View view) {
        return view.getName().equals("time")
                && view.getParameters().stream().allMatch(PlainStatements::dependsOnTheEventAlone);
    }

    /** The fields that the author groups by, all of the key; none, if there is no such clause. */
    private Optional<List<String>> groupedBy() {
        List<String> fields = new ArrayList<>();
        if (model.getGroupByClause() != null) {
            for (GroupByClauseExpression part : model.getGroupByClause().getGroupByExpressions()) {
                if (part instanceof GroupByClauseExpressionSingle single
                        && single.getExpression() instanceof PropertyValueExpression property
                        && key.contains(field(property))) {
                    fields.add(field(property));
                } else {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(fields);
    }

    private boolean hasPlainConditions() {
        Expression filter = ((FilterStream) model.getFromClause().getStreams().get(0))
                .getFilter()
                .getFilter();
        return isPlain(model.getWhereClause()) && isPlain(filter);
    }

    private static boolean isPlain(@Nullable Expression condition) {
        return condition == null || PlainStatements.dependsOnTheEventAlone(condition);
    }

    private void look(Expression expression) {
        if (isAggregate(expression)) {
            aggregates = true;
            expression.getChildren().forEach(this::lookInside);
        } else if (expression instanceof PropertyValueExpression property) {
            known &= !property.getPropertyName().startsWith("context.");
            bare.add(field(property));
        } else if (TRANSPARENT.contains(expression.getClass())) {
            expression.getChildren().forEach(this::look);
        } else {
            known = false;
        }
    }

    /** Aggregates may be told which events to count; but not that they have groups of their own. */
    private void lookInside(Expression argument) {
        if (argument instanceof NamedParameterExpression named
                && named.getName().equals("filter")) {
            named.getChildren().forEach(this::lookInside);
        } else {
            known &= isAll(argument) || PlainStatements.dependsOnTheEventAlone(argument);
        }
    }

    /** The star of {@code count(*)}, which Esper reads as that of a timetable. */
    private static boolean isAll(Expression argument) {
        return argument instanceof CrontabParameterExpression star && star.getType() == ScheduleItemType.WILDCARD;
    }

    private static boolean isAggregate(Expression expression) {
        return AGGREGATES.contains(expression.getClass())
                || expression instanceof PlugInProjectionExpression plugged
                        && (plugged.getFunctionName().equals(SafeExpressions.SUM)
                                || plugged.getFunctionName().equals(SafeExpressions.AVERAGE));
    }

    private static String field(PropertyValueExpression property) {
        String name = property.getPropertyName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
