// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import java.util.Optional;
import java.util.SortedMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The logs of all shards as they are, for a backup that another cluster can go on from.
 *
 * @param cluster  its name: sessions on its tick queue are of no other one
 * @param images   the log of a shard; empty if it has none; blocks
 * @param sessions the last session on each queue, asked for after the images; blocks
 */
public record WholeLog(
        String cluster, IntFunction<Optional<byte[]>> images, Supplier<SortedMap<String, Long>> sessions) {
    /** How the images are written; another version may write them in another way. */
    static final int FORMAT = 2;
}
