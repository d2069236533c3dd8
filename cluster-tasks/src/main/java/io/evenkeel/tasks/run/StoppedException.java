// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

/** This node is not to go on with it: let go of everything, write nothing more, and return. Not a failure. */
public final class StoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    StoppedException(String reason) {
        super(reason, null, false, false);
    }
}
