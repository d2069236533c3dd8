// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import java.util.List;

/**
 * That an instance threw, for one key in one shard.
 *
 * @param key         values of the key fields as text; {@code *} if it is about all
 * @param errors      events that it threw at since the last order
 * @param quarantined true if it is shown nothing of the key any more; false if only those events are left out
 */
public record InstanceTrouble(int shard, String key, int errors, boolean quarantined, List<Failure> latest) {
    public InstanceTrouble {
        latest = List.copyOf(latest);
    }

    /**
     * One error.
     *
     * @param cause        message id of the event, or of what made a timer fire
     * @param event        what the instance was shown; empty if it was a timer
     * @param engineTimeMs in the query's time, ms since the epoch
     */
    public record Failure(
            String cause, String exception, String message, String stack, String event, long engineTimeMs) {}
}
