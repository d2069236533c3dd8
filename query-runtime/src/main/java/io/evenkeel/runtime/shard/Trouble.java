// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.InstanceId;
import java.util.List;

/**
 * An instance that threw for a key, in one shard. Others have not noticed (I8).
 *
 * @param key         values of the key fields as text; {@link #WHOLE} if it is not about one key
 * @param errors      how many events it threw at since the last order about it
 * @param quarantined true if it is shown nothing of the key any more; false if only those events are left out
 * @param latest      the last errors, the newest last
 */
public record Trouble(
        int shard, InstanceId instance, String key, int errors, boolean quarantined, List<InstanceError> latest) {
    /** Stands for all keys: a timer threw, of which nobody knows the key, or there were too many errors in all. */
    public static final String WHOLE = "*";

    public Trouble {
        requireNonNull(instance, "instance");
        requireNonNull(key, "key");
        latest = List.copyOf(latest);
    }
}
