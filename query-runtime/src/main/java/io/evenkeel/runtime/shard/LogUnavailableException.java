// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import org.jspecify.annotations.Nullable;

/** The log did not answer, or not for certain. Forget the state of the shard, claim it again, then repeat. */
public class LogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
