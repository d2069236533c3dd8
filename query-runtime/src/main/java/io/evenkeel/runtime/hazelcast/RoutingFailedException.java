// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import org.jspecify.annotations.Nullable;

/** Not all owners answered in time, or the session is over. Roll back, close the session, back off, open another. */
public final class RoutingFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean atOnce;

    public RoutingFailedException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    RoutingFailedException(String message, @Nullable Throwable cause, boolean atOnce) {
        super(message, cause);
        this.atOnce = atOnce;
    }

    /** Whether there is no need to back off: another session goes on, with some shards on a detour. */
    public boolean atOnce() {
        return atOnce;
    }
}
