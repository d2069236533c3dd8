// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/** The log did not answer, or not for certain. Forget the state of the shard, claim it again, then repeat. */
public final class LogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
