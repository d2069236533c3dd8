// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

/** A node was asked for something that it cannot do yet. Ask again in a moment. */
public final class NotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotReadyException(String message) {
        super(message);
    }
}
