// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.QueryDefinition;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with the EPL of a query, so that the author sees all of it at once. Confined to one thread. */
final class Faults {
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

    void throwIfAny() {
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException("query " + query.name(), faults);
        }
    }
}
