// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

/** Carries what a statement threw, and which deployment it belongs to, out through Esper's own frames. */
final class StatementThrewException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String deployment;

    StatementThrewException(String deployment, Throwable cause) {
        super(cause);
        this.deployment = deployment;
    }

    String deployment() {
        return deployment;
    }
}
