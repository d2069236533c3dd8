// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import java.util.ArrayList;
import java.util.List;

/** All rules, in the order in which the documentation shows them. */
public final class RuleTable {
    private RuleTable() {}

    public static List<Rule> all() {
        List<Rule> rules = new ArrayList<>(WindowRules.ALL);
        rules.addAll(SequenceRules.ALL);
        rules.addAll(SelectRules.ALL);
        rules.addAll(SandboxRules.ALL);
        return List.copyOf(rules);
    }
}
