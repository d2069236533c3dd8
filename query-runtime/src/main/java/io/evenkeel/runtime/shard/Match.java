// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.InstanceId;

/**
 * What an instance emitted.
 *
 * @param ordinal     counts the matches of this instance for this cause in this shard, from 0
 * @param version     of the query
 * @param key         values of the key fields as text
 * @param cause       {@code messageId@shard}
 * @param event       type of the output event
 * @param destination {@code queue:name} or {@code topic:name}
 * @param body        JSON object
 */
public record Match(
        InstanceId instance,
        int ordinal,
        int version,
        String key,
        String cause,
        String event,
        String destination,
        String body) {
    public Match {
        requireNonNull(instance, "instance");
        requireNonNull(key, "key");
        requireNonNull(cause, "cause");
        requireNonNull(event, "event");
        requireNonNull(destination, "destination");
        requireNonNull(body, "body");
    }

    /** Identity: the same whenever and wherever this match is computed (I5). */
    public String id() {
        return instance + "|" + cause + "|" + ordinal;
    }
}
