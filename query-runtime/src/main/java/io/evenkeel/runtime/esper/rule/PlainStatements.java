// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.ArithmaticExpression;
import com.espertech.esper.common.client.soda.BetweenExpression;
import com.espertech.esper.common.client.soda.CaseSwitchExpression;
import com.espertech.esper.common.client.soda.CaseWhenThenExpression;
import com.espertech.esper.common.client.soda.CastExpression;
import com.espertech.esper.common.client.soda.CoalesceExpression;
import com.espertech.esper.common.client.soda.ConcatExpression;
import com.espertech.esper.common.client.soda.Conjunction;
import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.CurrentTimestampExpression;
import com.espertech.esper.common.client.soda.Disjunction;
import com.espertech.esper.common.client.soda.DotExpression;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.InExpression;
import com.espertech.esper.common.client.soda.LikeExpression;
import com.espertech.esper.common.client.soda.NotExpression;
import com.espertech.esper.common.client.soda.PropertyValueExpression;
import com.espertech.esper.common.client.soda.RegExpExpression;
import com.espertech.esper.common.client.soda.RelationalOpExpression;
import com.espertech.esper.common.client.soda.SingleRowMethodExpression;
import com.espertech.esper.common.client.soda.Stream;
import com.espertech.esper.common.client.soda.StreamSelector;
import com.espertech.esper.common.client.soda.SubstitutionParameterExpression;
import com.espertech.esper.common.client.soda.TimePeriodExpression;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes statements that look at one event at a time. These need no window: a thousand instances of a filter then
 * hold no events, set no timers, and Esper's index of filters serves them.
 */
public final class PlainStatements {
    /** Expressions that depend on nothing but the event. What is not here makes a statement not plain. */
    private static final Set<Class<? extends Expression>> EXPRESSIONS = Set.of(
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
            DotExpression.class,
            InExpression.class,
            LikeExpression.class,
            NotExpression.class,
            PropertyValueExpression.class,
            RegExpExpression.class,
            RelationalOpExpression.class,
            SingleRowMethodExpression.class,
            SubstitutionParameterExpression.class,
            TimePeriodExpression.class);

    private PlainStatements() {}

    public static boolean isPlain(EPStatementObjectModel model) {
        return model.getSelectClause() != null
                && model.getFromClause() != null
                && readsOneStreamWithoutWindow(model.getFromClause().getStreams())
                && selectsNewEvents(model.getSelectClause().getStreamSelector())
                && !model.getSelectClause().isDistinct()
                && model.getGroupByClause() == null
                && model.getHavingClause() == null
                && model.getOrderByClause() == null
                && model.getOutputLimitClause() == null
                && model.getRowLimitClause() == null
                && model.getMatchRecognizeClause() == null
                && hasPlainExpressions(model);
    }

    /** True if an aggregate or a grouping is in it, outside of its subqueries. */
    static boolean aggregates(EPStatementObjectModel model) {
        return model.getGroupByClause() != null || hasAggregates(model);
    }

    static boolean hasAggregates(@Nullable Object part) {
        AtomicBoolean found = new AtomicBoolean();
        ModelWalk.eachOutsideSubqueries(part, Expression.class, expression -> {
            if (isAggregate(expression)) {
                found.set(true);
            }
        });
        return found.get();
    }

    /** All of Esper's aggregates, and only these, share this ending. */
    static boolean isAggregate(Expression expression) {
        return expression.getClass().getSimpleName().endsWith("ProjectionExpression");
    }

    private static boolean readsOneStreamWithoutWindow(List<Stream> streams) {
        return streams.size() == 1
                && streams.get(0) instanceof FilterStream stream
                && (stream.getViews() == null || stream.getViews().isEmpty());
    }

    private static boolean selectsNewEvents(@Nullable StreamSelector selector) {
        return selector == null || selector == StreamSelector.ISTREAM_ONLY;
    }

    /** True if an expression looks at nothing but the event, or the events of one match of a pattern. */
    public static boolean dependsOnTheEventAlone(Expression expression) {
        return hasPlainExpressions(expression);
    }

    private static boolean hasPlainExpressions(Object model) {
        AtomicBoolean plain = new AtomicBoolean(true);
        ModelWalk.each(model, Expression.class, expression -> {
            if (!EXPRESSIONS.contains(expression.getClass())) {
                plain.set(false);
            }
        });
        return plain.get();
    }
}
