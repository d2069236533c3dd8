// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

/** A node refused, and said why. Its subclasses are what programs treat differently. */
public class ProblemException extends EvenkeelException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.toString(), null);
        this.problem = requireNonNull(problem, "problem");
    }

    static ProblemException of(Problem problem) {
        if (problem.code().isEmpty()) {
            // A proxy on the way has its own 404: it does not say that a definition does not exist.
            return new ProblemException(problem);
        }
        return switch (problem.status()) {
            case 404 -> new NotFoundException(problem);
            case 409 -> new ConflictException(problem);
            case 412 -> new PreconditionFailedException(problem);
            case 422 -> new RefusedException(problem);
            case 503 -> new UnavailableException(problem);
            default -> new ProblemException(problem);
        };
    }

    public Problem problem() {
        return problem;
    }

    /** Of HTTP. */
    public int status() {
        return problem.status();
    }
}
