// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/** A call did not come to its end. Either {@link ProblemException}: a node said why; or {@link UnreachableException}. */
public abstract class EvenkeelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EvenkeelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
