// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

/** What the call is about does not exist (404). */
public final class NotFoundException extends ProblemException {
    private static final long serialVersionUID = 1L;

    NotFoundException(Problem problem) {
        super(problem);
    }
}
