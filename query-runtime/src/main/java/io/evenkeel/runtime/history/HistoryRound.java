// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a store takes in one step.
 *
 * @param changes  each of another shard
 * @param dropped  shards of which nothing is to be kept here
 * @param sessions by queue; a lower number than the one that is there changes nothing
 */
public record HistoryRound(List<ShardChange> changes, List<Integer> dropped, SortedMap<String, Long> sessions) {
    public HistoryRound(List<ShardChange> changes, List<Integer> dropped, Map<String, Long> sessions) {
        this(changes, dropped, new TreeMap<>(sessions));
    }

    public HistoryRound {
        changes = List.copyOf(changes);
        dropped = List.copyOf(dropped);
        sessions = Collections.unmodifiableSortedMap(new TreeMap<>(sessions));
    }
}
