// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.InstanceId;

/**
 * What an instance emitted. The shard makes a match of it by adding the cause.
 *
 * @param key        the values of the key fields as {@link KeyText}; empty for a query without a key
 * @param engineTime at which it arose, in ms since the epoch
 * @param body       a JSON object with the columns of the select clause in their order
 */
public record Emission(InstanceId instance, String key, long engineTime, String body) {
    public Emission {
        requireNonNull(instance, "instance");
        requireNonNull(key, "key");
        requireNonNull(body, "body");
    }
}
