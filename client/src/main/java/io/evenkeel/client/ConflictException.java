// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

/** The catalog does not allow it, such as to delete what is used (409). Nothing changed. */
public final class ConflictException extends ProblemException {
    private static final long serialVersionUID = 1L;

    ConflictException(Problem problem) {
        super(problem);
    }
}
