// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.DotExpression;
import com.espertech.esper.common.client.soda.DotExpressionItem;
import com.espertech.esper.common.client.soda.DotExpressionItemCall;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.ExpressionDeclaration;
import com.espertech.esper.common.client.soda.SingleRowMethodExpression;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Holds each call in a statement to the list of functions and methods that a query may call. */
final class CallsCheck {
    /** What a date-time method may be told to round to. */
    private static final SortedSet<String> FIELDS = new TreeSet<>(Set.of(
            "msec",
            "millisecond",
            "milliseconds",
            "sec",
            "second",
            "seconds",
            "min",
            "minute",
            "minutes",
            "hour",
            "hours",
            "day",
            "days",
            "month",
            "months",
            "year",
            "years"));

    private static final Set<String> ROUNDINGS = Set.of("roundCeiling", "roundFloor", "roundHalf");

    private final Statement statement;
    private final Findings findings;
    private final Set<String> declared = new HashSet<>();

    private CallsCheck(Statement statement, Findings findings) {
        this.statement = statement;
        this.findings = findings;
        ModelWalk.each(
                statement.model(), ExpressionDeclaration.class, declaration -> declared.add(declaration.getName()));
    }

    static void check(Statement statement, Findings findings) {
        CallsCheck check = new CallsCheck(statement, findings);
        ModelWalk.each(
                statement.model(),
                DotExpression.class,
                dot -> check.checkChain(
                        dot.getChain(),
                        dot.getChildren() == null || dot.getChildren().isEmpty()));
        ModelWalk.each(
                statement.model(), SingleRowMethodExpression.class, call -> check.checkChain(call.getChain(), true));
    }

    /** @param bare nothing stands before it, so that it may begin with a function */
    private void checkChain(List<DotExpressionItem> chain, boolean bare) {
        for (int i = 0; i < chain.size(); i++) {
            if (chain.get(i) instanceof DotExpressionItemCall call) {
                boolean first = i == 0 && bare;
                boolean known = first
                        ? Allowed.function(call.getName()) || declared.contains(call.getName())
                        : Allowed.method(call.getName());
                if (!known) {
                    findings.refuse(SandboxRules.CALL, statement.lineOf(call.getName()), "a call of " + call.getName());
                } else if (ROUNDINGS.contains(call.getName())) {
                    call.getParameters().forEach(this::checkField);
                }
            }
        }
    }

    private void checkField(Expression field) {
        if (!(field instanceof ConstantExpression constant
                && constant.getConstant() instanceof String name
                && FIELDS.contains(name))) {
            findings.refuse(SandboxRules.CALL, statement.line(), "rounding to a unit that is not one of " + FIELDS);
        }
    }
}
