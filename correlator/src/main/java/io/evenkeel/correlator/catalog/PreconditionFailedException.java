// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

/** The catalog is not as the author of a change believed. Read again and decide again. */
public final class PreconditionFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PreconditionFailedException(String message) {
        super(message);
    }
}
