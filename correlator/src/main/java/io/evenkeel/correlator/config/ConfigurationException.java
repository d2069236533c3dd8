// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import io.evenkeel.query.Fault;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration was refused. The message has every fault; correct them and start again. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    ConfigurationException(String file, List<Fault> faults) {
        super(file + " has " + (faults.size() == 1 ? "a fault" : faults.size() + " faults") + ":\n"
                + faults.stream().map(fault -> "  " + fault).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** At least one; the line is 0 where the value came from the environment or is missing. */
    public List<Fault> faults() {
        return faults;
    }
}
