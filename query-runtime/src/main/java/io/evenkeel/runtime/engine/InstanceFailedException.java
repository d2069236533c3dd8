// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.InstanceId;

/**
 * An instance threw while it handled an event or a timer (I8). The engine is unusable: close it, open another without
 * this instance or without this cause, and replay.
 */
public final class InstanceFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient InstanceId instance;
    private final long engineTime;

    /**
     * @param what       the instance was doing, such as the event it handled; for people
     * @param engineTime in ms since the epoch
     */
    public InstanceFailedException(InstanceId instance, String what, long engineTime, Throwable cause) {
        super(
                "Expected instance " + instance + " to handle " + cut(what) + ", but it threw " + cause
                        + ". engineTime=" + engineTime,
                cause);
        this.instance = requireNonNull(instance, "instance");
        this.engineTime = engineTime;
    }

    public InstanceId instance() {
        return instance;
    }

    /** In ms since the epoch. */
    public long engineTime() {
        return engineTime;
    }

    private static String cut(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
