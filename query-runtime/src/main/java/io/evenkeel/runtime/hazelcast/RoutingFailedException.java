// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import org.jspecify.annotations.Nullable;

/** Not all owners answered in time, or the session is over. Roll back, close the session, back off, open another. */
public final class RoutingFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RoutingFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
