// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

/** It has changed in the meantime (412): read it again and decide again. Nothing changed. */
public final class PreconditionFailedException extends ProblemException {
    private static final long serialVersionUID = 1L;

    PreconditionFailedException(Problem problem) {
        super(problem);
    }
}
