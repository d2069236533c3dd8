// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.AvgProjectionExpression;
import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.DotExpression;
import com.espertech.esper.common.client.soda.DotExpressionItemCall;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.LikeExpression;
import com.espertech.esper.common.client.soda.NamedParameterExpression;
import com.espertech.esper.common.client.soda.PatternFilterExpr;
import com.espertech.esper.common.client.soda.PlugInProjectionExpression;
import com.espertech.esper.common.client.soda.PropertyValueExpression;
import com.espertech.esper.common.client.soda.RegExpExpression;
import com.espertech.esper.common.client.soda.RelationalOpExpression;
import com.espertech.esper.common.client.soda.SumProjectionExpression;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.runtime.esper.rule.ModelRewrite;
import io.evenkeel.runtime.esper.rule.ModelWalk;
import io.evenkeel.runtime.esper.rule.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Replaces expressions of EPL by ours where Esper's have no end ({@code regexp}, {@code like}), remember what has left the
 * window ({@code sum} and {@code avg} of numbers with a fraction), or break over a null.
 */
final class SafeExpressions {
    static final String MATCHES = "evenkeel_matches";
    static final String LIKE = "evenkeel_like";
    static final String SUM = "evenkeel_sum";
    static final String AVERAGE = "evenkeel_avg";

    private static final Set<String> RANGES = Set.of("<", "<=", ">", ">=");

    private final Collection<EventType> inputs;

    private SafeExpressions(Collection<EventType> inputs) {
        this.inputs = inputs;
    }

    /** Replaces only what has no end: for conditions that no rule has looked at. */
    static void applyToText(EPStatementObjectModel condition) {
        ModelRewrite.each(condition, SafeExpressions::withEnd);
    }

    /** @param inputs the event types that the query reads */
    static void apply(Statement statement, Collection<EventType> inputs) {
        SafeExpressions safe = new SafeExpressions(inputs);
        boolean derives = !inputs.stream().map(EventType::name).toList().containsAll(statement.eventTypesRead());
        EPStatementObjectModel model = statement.model();
        ModelRewrite.each(model, expression -> safe.replace(expression, derives));
        ModelWalk.each(
                model,
                PatternFilterExpr.class,
                part -> ModelRewrite.each(part.getFilter(), SafeExpressions::withoutIndex));
    }

    /**
     * Esper's index of filters by a range breaks when the other side, a field of an earlier event, is null. What is not a
     * bare comparison does not get into that index.
     */
    private static Expression withoutIndex(Expression expression) {
        boolean range = expression instanceof RelationalOpExpression compared
                && RANGES.contains(compared.getOperator())
                && compared.getChildren().stream().noneMatch(ConstantExpression.class::isInstance);
        return range ? Expressions.coalesce(expression, new ConstantExpression(false)) : expression;
    }

    private Expression replace(Expression expression, boolean derives) {
        if (expression instanceof SumProjectionExpression sum && !isWhole(sum, derives, true)) {
            return aggregate(SUM, sum.isDistinct(), sum.getChildren());
        }
        if (expression instanceof AvgProjectionExpression average && !isWhole(average, derives, false)) {
            return aggregate(AVERAGE, average.isDistinct(), average.getChildren());
        }
        return withEnd(expression);
    }

    private static Expression withEnd(Expression expression) {
        if (expression instanceof RegExpExpression regex) {
            return negated(call(MATCHES, regex.getChildren()), regex.isNot());
        }
        if (expression instanceof LikeExpression like) {
            List<Expression> arguments = new ArrayList<>(like.getChildren());
            if (arguments.size() == 2) {
                arguments.add(new ConstantExpression("\\"));
            }
            return negated(call(LIKE, arguments), like.isNot());
        }
        return expression;
    }

    private static Expression call(String function, List<Expression> arguments) {
        DotExpression call = new DotExpression();
        call.getChain().add(new DotExpressionItemCall(function, new ArrayList<>(arguments)));
        return call;
    }

    private static Expression negated(Expression expression, boolean not) {
        return not ? Expressions.not(expression) : expression;
    }

    private static Expression aggregate(String function, boolean distinct, List<Expression> arguments) {
        List<Expression> named = new ArrayList<>(arguments);
        if (named.size() == 2 && !(named.get(1) instanceof NamedParameterExpression)) {
            NamedParameterExpression filter = new NamedParameterExpression("filter");
            filter.getChildren().add(named.get(1));
            named.set(1, filter);
        }
        return new PlugInProjectionExpression(function, distinct, named.toArray(Expression[]::new));
    }

    /** True if it adds whole numbers of an input, of which Esper's sums are exact; an average only of short ones. */
    private boolean isWhole(Expression aggregate, boolean derives, boolean longToo) {
        if (derives || !(aggregate.getChildren().get(0) instanceof PropertyValueExpression property)) {
            return false;
        }
        String name = property.getPropertyName();
        String field = name.substring(name.lastIndexOf('.') + 1);
        Set<FieldType> whole =
                longToo ? Set.of(FieldType.INTEGER, FieldType.LONG, FieldType.TIMESTAMP) : Set.of(FieldType.INTEGER);
        List<FieldType> types = inputs.stream()
                .flatMap(type -> type.fields().stream())
                .filter(each -> each.name().equals(field))
                .map(EventType.Field::type)
                .toList();
        return !types.isEmpty() && whole.containsAll(types);
    }
}
