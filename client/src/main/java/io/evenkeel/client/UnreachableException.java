// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * No node gave an answer that could be used; the message names each of them with what happened. If the call was a change, it
 * is not known whether it was made: repeat it with the same key, or ask for its outcome.
 */
public final class UnreachableException extends EvenkeelException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
