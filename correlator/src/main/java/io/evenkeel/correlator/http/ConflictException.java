// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

/** The catalog is at another revision than the change was meant for. Read again and decide again. */
public final class ConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConflictException(long expected, long actual) {
        super("Expected to change the catalog at revision " + expected + ", but it is at " + actual
                + ". Read it again. expected=" + expected + " actual=" + actual);
    }
}
