// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

/**
 * An instance threw, and the engine cannot tell which: they share too much. The engine is unusable: close it, replay with
 * one that {@linkplain CompiledQuery#openNaming names} instances, and it throws an {@link InstanceFailedException}.
 */
public final class InstanceUnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message with the query and the engine's time */
    public InstanceUnknownException(String message, Throwable cause) {
        super(message, cause);
    }
}
