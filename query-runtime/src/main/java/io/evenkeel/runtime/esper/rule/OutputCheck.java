// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.EPStatementObjectModel;

/** Checks that a statement speaks when something happens to its windows, and at no rate of its own. */
final class OutputCheck {
    private OutputCheck() {}

    static void check(Statement statement, Findings findings) {
        if (statement.model().getOutputLimitClause() != null) {
            findings.refuse(SelectRules.OUTPUT, statement.lineOf("output"), "an output clause");
        }
        ModelWalk.each(statement.model(), EPStatementObjectModel.class, model -> {
            if (model.getGroupByClause() != null
                    && model.getHavingClause() != null
                    && model.getOrderByClause() != null) {
                findings.refuse(SelectRules.ORDER, statement.lineOf("order"), "all three");
            }
        });
    }
}
