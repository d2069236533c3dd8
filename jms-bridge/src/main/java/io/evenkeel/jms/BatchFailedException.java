// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import org.jspecify.annotations.Nullable;

/** A batch could not be processed now. Roll back and try again later: the broker delivers it again. */
public final class BatchFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public BatchFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
