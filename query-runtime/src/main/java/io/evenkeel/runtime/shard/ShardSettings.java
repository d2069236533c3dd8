// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.time.Duration;

/**
 * What bounds the memory of a shard, and what measures its work.
 *
 * @param dedupeWindow      how long, in engine time, the ids of events are kept at least, to recognise repeats
 * @param unconfirmedMaxAge how long, in engine time, causes of relaxed receivers wait for their confirmation
 * @param stopwatch         measures how long queries take
 */
public record ShardSettings(Duration dedupeWindow, Duration unconfirmedMaxAge, Stopwatch stopwatch) {
    /** Two minutes outlast a broker's restart, which is when publishers repeat themselves. */
    public static final ShardSettings DEFAULT = new ShardSettings(Duration.ofMinutes(2), Duration.ofHours(1));

    /** Settings that measure nothing. */
    public ShardSettings(Duration dedupeWindow, Duration unconfirmedMaxAge) {
        this(dedupeWindow, unconfirmedMaxAge, Stopwatch.NONE);
    }
}
