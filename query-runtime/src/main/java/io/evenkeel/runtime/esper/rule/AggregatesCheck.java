// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.CurrentTimestampExpression;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.MaxProjectionExpression;
import com.espertech.esper.common.client.soda.MinProjectionExpression;
import com.espertech.esper.common.client.soda.NamedParameterExpression;
import com.espertech.esper.common.client.soda.PreviousExpression;
import com.espertech.esper.common.client.soda.ProjectedStream;
import com.espertech.esper.common.client.soda.SubqueryExistsExpression;
import com.espertech.esper.common.client.soda.SubqueryExpression;
import com.espertech.esper.common.client.soda.SubqueryInExpression;
import com.espertech.esper.common.client.soda.SubqueryQualifiedExpression;
import com.espertech.esper.common.client.soda.View;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that an aggregate is a function of what its window holds, and so forgets what has left. */
final class AggregatesCheck {
    /** What may give another answer for the same event later. */
    private static final Set<Class<? extends Expression>> UNSTEADY = Set.of(
            CurrentTimestampExpression.class,
            PreviousExpression.class,
            SubqueryExpression.class,
            SubqueryExistsExpression.class,
            SubqueryInExpression.class,
            SubqueryQualifiedExpression.class);

    private final Statement statement;
    private final Findings findings;

    private AggregatesCheck(Statement statement, Findings findings) {
        this.statement = statement;
        this.findings = findings;
    }

    static void check(Statement statement, Findings findings) {
        AggregatesCheck check = new AggregatesCheck(statement, findings);
        ModelWalk.each(statement.model(), Expression.class, check::checkFunction);
        ModelWalk.each(statement.model(), EPStatementObjectModel.class, check::checkSteady);
        ModelWalk.each(
                statement.model(), View.class, view -> view.getParameters().forEach(check::requireSteady));
    }

    private void checkFunction(Expression expression) {
        if (expression instanceof MaxProjectionExpression max && max.isEver()
                || expression instanceof MinProjectionExpression min && min.isEver()) {
            refuse(SelectRules.FUNCTION, "", Allowed.word(expression) + "ever");
        } else if (expression instanceof NamedParameterExpression named
                && !named.getName().equals("filter")) {
            refuse(SelectRules.FUNCTION, named.getName(), named.getName() + " in an aggregate");
        }
    }

    private void checkSteady(EPStatementObjectModel model) {
        if (!PlainStatements.aggregates(model)) {
            return;
        }
        requireSteady(model.getWhereClause());
        requireSteady(model.getGroupByClause());
        requireSteady(model.getExpressionDeclarations());
        ModelWalk.eachOutsideSubqueries(model, Expression.class, expression -> {
            if (PlainStatements.isAggregate(expression)) {
                expression.getChildren().forEach(this::requireSteady);
            }
        });
        ModelWalk.eachOutsideSubqueries(model.getFromClause(), ProjectedStream.class, stream -> {
            if (stream.isUnidirectional()) {
                refuse(SelectRules.STEADY, "unidirectional", "an aggregate over unidirectional");
            }
        });
    }

    private void requireSteady(@Nullable Object part) {
        ModelWalk.each(part, Expression.class, expression -> {
            if (UNSTEADY.contains(expression.getClass())) {
                refuse(SelectRules.STEADY, "", "one that may change while an event stays");
            }
        });
    }

    private void refuse(Rule rule, String word, String actual) {
        findings.refuse(rule, statement.lineOf(word), actual);
    }
}
