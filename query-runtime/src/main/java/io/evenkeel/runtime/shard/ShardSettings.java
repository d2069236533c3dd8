// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.time.Duration;

/**
 * What bounds the memory of a shard.
 *
 * @param dedupeWindow      how long, in engine time, the ids of events are kept at least, to recognise repeats
 * @param unconfirmedMaxAge how long, in engine time, causes of relaxed receivers wait for their confirmation
 */
public record ShardSettings(Duration dedupeWindow, Duration unconfirmedMaxAge) {
    /** Two minutes outlast a broker's restart, which is when publishers repeat themselves. */
    public static final ShardSettings DEFAULT = new ShardSettings(Duration.ofMinutes(2), Duration.ofHours(1));
}
