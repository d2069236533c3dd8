// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An entry of the log: causes that were appended together. Immutable; never an empty block.
 *
 * @param sequence     consecutive within the shard, from 1
 * @param engineTimeMs of the shard before this batch, so that time is known when earlier batches are gone
 * @param stampMs      engine time for causes whose provider told no ingress time
 * @param clocks       source time by query that the shard had reached before this batch, for the same reason
 * @param request      what was appended, without the causes that the log knew already
 */
public record LogBatch(
        long sequence, long engineTimeMs, long stampMs, SortedMap<String, Long> clocks, ShardRequest request) {
    public LogBatch {
        clocks = Collections.unmodifiableSortedMap(new TreeMap<>(clocks));
        requireNonNull(request, "request");
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence is below 1: " + sequence);
        }
    }
}
