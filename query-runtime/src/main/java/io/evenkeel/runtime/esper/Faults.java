// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.runtime.esper.rule.Findings;
import io.evenkeel.runtime.esper.rule.Rule;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with the EPL of a query, so that the author sees all of it at once. Confined to one thread. */
final class Faults implements Findings {
    private final QueryDefinition query;
    private final List<Fault> faults = new ArrayList<>();

    Faults(QueryDefinition query) {
        this.query = query;
    }

    /** @param eplLine within the EPL, from 1 */
    void add(int eplLine, String message) {
        Fault fault = new Fault(query.eplLine() + eplLine - 1, "epl", message);
        if (!faults.contains(fault)) {
            faults.add(fault);
        }
    }

    @Override
    public void refuse(Rule rule, int eplLine, String actual) {
        add(eplLine, rule.message(actual, eplLine));
    }

    /** The refusal with what was collected, and what led to it. */
    DefinitionRefusedException refusal(Throwable cause) {
        DefinitionRefusedException refusal = new DefinitionRefusedException("query " + query.name(), faults);
        refusal.initCause(cause);
        return refusal;
    }

    void throwIfAny() {
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException("query " + query.name(), faults);
        }
    }
}
