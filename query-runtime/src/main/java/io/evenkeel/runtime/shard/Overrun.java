// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.InstanceId;

/**
 * That an instance has taken longer than the budget of its query, for as many events of a key as the query has a limit of
 * errors.
 *
 * @param reason with the time, the budget and the last event; for people
 */
public record Overrun(int shard, InstanceId instance, String key, String reason) {
    public Overrun {
        requireNonNull(instance, "instance");
        requireNonNull(key, "key");
        requireNonNull(reason, "reason");
    }
}
