// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

/** A request cannot be served; becomes a problem document. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;

    ProblemException(ProblemCode code, String detail) {
        // An answer to a client, not a failure of ours: nobody looks at its stack.
        super(detail, null, false, false);
        this.code = code;
    }

    ProblemCode code() {
        return code;
    }
}
