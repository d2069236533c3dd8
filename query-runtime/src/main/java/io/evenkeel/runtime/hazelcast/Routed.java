// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import io.evenkeel.runtime.shard.LateEvent;
import io.evenkeel.runtime.shard.Match;
import java.util.List;
import java.util.Map;

/**
 * What the owners made of a batch.
 *
 * @param matches in order of cause within each shard
 * @param late    events that queries did not see because they came too late, in order of cause within each shard
 * @param detours events that shards were not asked about, since they are on a detour: those shards, ascending, by the message id
 */
public record Routed(List<Match> matches, List<LateEvent> late, Map<String, List<Integer>> detours) {
    public Routed {
        matches = List.copyOf(matches);
        late = List.copyOf(late);
        detours = Map.copyOf(detours);
    }
}
