// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import java.io.IOException;

/** A target took the first of some matches, and then failed: those are not to be written again. */
final class PartlyTakenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int taken;
    private final IOException failure;

    /** @param taken so many from the first on; at least one */
    PartlyTakenException(int taken, IOException failure) {
        super(failure);
        this.taken = taken;
        this.failure = failure;
    }

    int taken() {
        return taken;
    }

    /** Of the one after them. */
    IOException failure() {
        return failure;
    }
}
