// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.List;

/**
 * That an instance threw, for one key in one shard.
 *
 * @param key         values of the key fields as text; {@code *} if it is about all
 * @param errors      events that it threw at since the last order
 * @param quarantined true if it is shown nothing of the key any more
 */
public record InstanceTrouble(int shard, String key, int errors, boolean quarantined, List<Failure> latest) {
    public InstanceTrouble {
        latest = List.copyOf(latest);
    }

    /** One error. @param event what the instance was shown; empty if it was a timer @param engineTimeMs since the epoch */
    public record Failure(
            String cause, String exception, String message, String stack, String event, long engineTimeMs) {}
}
