// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** What tests need of the machine beside Java, and what becomes of those that do not find it. */
public final class Machine {
    /** Where it is true, tests that need root, or a command that is not there, fail, and are not skipped. */
    private static final String REQUIRED = "EVENKEEL_REQUIRE_MACHINE";

    private Machine() {}

    /**
     * Go on if nothing is missing; else skip the test with one line that says what is, or fail where it is required.
     *
     * @param missing what, and how one comes by it; empty if all is there
     */
    public static void require(Optional<String> missing) {
        require(missing, REQUIRED);
    }

    /** The same with a variable of its own. */
    static void require(Optional<String> missing, String variable) {
        require(missing, variable, Boolean.parseBoolean(System.getenv(variable)));
    }

    static void require(Optional<String> missing, String variable, boolean required) {
        if (missing.isEmpty()) {
            return;
        }
        String line = "Expected " + missing.get();
        if (required) {
            throw new AssertionError(line + ". It is required here, by " + variable + "=true");
        }
        System.out.println("skipped: " + line);
        Assumptions.abort(line);
    }
}
