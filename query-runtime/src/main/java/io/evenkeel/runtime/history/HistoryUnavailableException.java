// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

/** The disk of a history store did not do what was asked. The message names the folder. */
public final class HistoryUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HistoryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
