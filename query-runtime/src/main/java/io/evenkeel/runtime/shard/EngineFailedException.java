// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.engine.InstanceUnknownException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An engine threw; says which instances are to blame, and for what. */
final class EngineFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<InstanceId> instances;
    private final transient @Nullable LoggedCause event;
    private final String key;
    private final String shown;
    private final long engineTime;

    /**
     * @param instances one, or all of the engine if it did not say who threw
     * @param event     that was being shown; null if it was a timer
     */
    EngineFailedException(
            List<InstanceId> instances,
            @Nullable LoggedCause event,
            String key,
            String shown,
            long engineTime,
            Throwable cause) {
        super(cause);
        this.instances = instances;
        this.event = event;
        this.key = key;
        this.shown = shown;
        this.engineTime = engineTime;
    }

    List<InstanceId> instances() {
        return instances;
    }

    /**
     * True if the stack or the memory gave out, or a class could not be linked. Then nobody knows whose doing it was, and it
     * may have been everyone's together.
     */
    boolean isError() {
        return getCause() instanceof Error;
    }

    /** True if another engine could say which instance it was. */
    boolean isUnknown() {
        return getCause() instanceof InstanceUnknownException;
    }

    @Nullable
    LoggedCause event() {
        return event;
    }

    String key() {
        return key;
    }

    InstanceError errorAt(String cause) {
        return InstanceError.of(cause, getCause() == null ? this : getCause(), shown, engineTime);
    }
}
