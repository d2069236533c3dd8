// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A part of a receiver's batch: the causes for one shard.
 *
 * @param watermarks source time by query, ms since the epoch, up to which all events are known to be logged
 * @param causes     in receive order; empty if there is only something to confirm
 */
public record ShardRequest(int shard, Source source, SortedMap<String, Long> watermarks, CauseBlock causes) {
    public ShardRequest {
        requireNonNull(source, "source");
        watermarks = Collections.unmodifiableSortedMap(new TreeMap<>(watermarks));
        requireNonNull(causes, "causes");
    }
}
