// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import java.util.Optional;
import java.util.SortedMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The logs of all shards as they are, for a backup that another cluster can go on from.
 *
 * @param images   the log of a shard; empty if it has none; blocks
 * @param sessions the last session on each queue, asked for after the images; blocks
 */
public record WholeLog(IntFunction<Optional<byte[]>> images, Supplier<SortedMap<String, Long>> sessions) {}
