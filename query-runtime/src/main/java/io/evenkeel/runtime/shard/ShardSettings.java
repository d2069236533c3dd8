// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.time.Duration;

/**
 * What bounds the memory of a shard, and what measures its work.
 *
 * @param dedupeWindow      how long, in engine time, the ids of events are kept at least, to recognise repeats
 * @param unconfirmedMaxAge how long, in engine time, causes of relaxed receivers wait for their confirmation
 * @param settledAfter      once later sessions of a strict queue have committed so many messages, what an earlier one had logged was
 *                          committed or came again: as many as a session may have logged and not committed
 * @param stopwatch         measures how long queries take
 */
public record ShardSettings(Duration dedupeWindow, Duration unconfirmedMaxAge, int settledAfter, Stopwatch stopwatch) {
    /** Two minutes outlast a broker's restart, which is when publishers repeat themselves. */
    public static final ShardSettings DEFAULT = new ShardSettings(Duration.ofMinutes(2), Duration.ofHours(1));

    private static final int TWO_BATCHES = 2_000;

    /** Settings that measure nothing. */
    public ShardSettings(Duration dedupeWindow, Duration unconfirmedMaxAge) {
        this(dedupeWindow, unconfirmedMaxAge, TWO_BATCHES, Stopwatch.NONE);
    }
}
