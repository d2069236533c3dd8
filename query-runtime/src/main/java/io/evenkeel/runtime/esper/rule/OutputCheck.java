// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

/** Checks that a statement speaks when something happens to its windows, and at no rate of its own. */
final class OutputCheck {
    private OutputCheck() {}

    static void check(Statement statement, Findings findings) {
        if (statement.model().getOutputLimitClause() != null) {
            findings.refuse(SelectRules.OUTPUT, statement.lineOf("output"), "an output clause");
        }
    }
}
