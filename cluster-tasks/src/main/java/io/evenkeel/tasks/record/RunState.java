// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

/** How a run stands. */
public enum RunState {
    /** Its node runs it, or tries it again after a failure. */
    RUNNING,
    /** Its node has given it up in good order: whoever is responsible may take it at once. */
    RELEASED,
    /** A job that is done; its result is there. */
    DONE,
    /** A job that has failed as often as it may. */
    FAILED,
    /** A job that was cancelled. */
    CANCELLED;

    /** True if nothing follows any more, unless somebody asks for a retry. */
    public boolean ended() {
        return this == DONE || this == FAILED || this == CANCELLED;
    }
}
