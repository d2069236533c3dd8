// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import org.jspecify.annotations.Nullable;

/** An option has a value that it cannot have, or lacks its companion, as the message tells; exit code 2. */
final class WrongUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongUseException(String message) {
        this(message, null);
    }

    WrongUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
