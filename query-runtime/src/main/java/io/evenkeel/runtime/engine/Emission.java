// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.InstanceId;

/**
 * What an instance emitted.
 *
 * @param key        the values of the key fields as text, several joined by {@code |}; empty without a key
 * @param engineTime ms since the epoch
 * @param body       JSON object of the columns of the select clause, in their order
 */
public record Emission(InstanceId instance, String key, long engineTime, String body) {
    public Emission {
        requireNonNull(instance, "instance");
        requireNonNull(key, "key");
        requireNonNull(body, "body");
    }
}
