// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import io.evenkeel.query.InstanceId;

/** An instance threw while it evaluated an event or a timer. Discard the engine, replay without the instance (I8). */
public final class InstanceFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient InstanceId instance;

    public InstanceFailedException(InstanceId instance, long engineTime, Throwable cause) {
        super("Expected instance " + instance + " to evaluate, but it threw. engineTime=" + engineTime + " cause="
                + cause, cause);
        this.instance = instance;
    }

    public InstanceId instance() {
        return instance;
    }
}
