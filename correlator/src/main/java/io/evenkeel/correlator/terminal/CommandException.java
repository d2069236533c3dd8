// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.terminal;

import org.jspecify.annotations.Nullable;

/** A command failed for a reason that its message tells; exit code 1. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        this(message, null);
    }

    public CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
