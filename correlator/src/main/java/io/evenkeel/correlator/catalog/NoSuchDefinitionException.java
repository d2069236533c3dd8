// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

/** What is to be deleted is not there. */
public final class NoSuchDefinitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param title such as {@code query late-airport} */
    public NoSuchDefinitionException(String title) {
        super("Expected " + title + " to exist, but it does not.");
    }
}
