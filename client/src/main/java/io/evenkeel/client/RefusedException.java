// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

/** The definition has faults, each with its path, or the key belongs to another change (422). Nothing changed. */
public final class RefusedException extends ProblemException {
    private static final long serialVersionUID = 1L;

    RefusedException(Problem problem) {
        super(problem);
    }
}
