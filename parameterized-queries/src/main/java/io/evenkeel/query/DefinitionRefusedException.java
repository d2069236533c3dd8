// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.util.List;
import java.util.stream.Collectors;

/** A document, an instance or a change of the catalog was refused. Correct the input; a repeat is refused as well. */
public final class DefinitionRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String document;
    private final transient List<Fault> faults;

    /**
     * @param document what was refused: a file name, or the kind and name of what it defines
     * @param faults   at least one
     */
    public DefinitionRefusedException(String document, List<Fault> faults) {
        super(document + " has " + (faults.size() == 1 ? "a fault" : faults.size() + " faults") + ":\n"
                + faults.stream().map(fault -> "  " + fault).collect(Collectors.joining("\n")));
        this.document = document;
        this.faults = List.copyOf(faults);
    }

    public String document() {
        return document;
    }

    public List<Fault> faults() {
        return faults;
    }
}
