// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import io.evenkeel.runtime.shard.LateEvent;
import io.evenkeel.runtime.shard.Match;
import java.util.List;

/**
 * What the owners made of a batch.
 *
 * @param matches in order of cause within each shard
 * @param late    events that queries did not see because they came too late, in order of cause within each shard
 */
public record Routed(List<Match> matches, List<LateEvent> late) {
    public Routed {
        matches = List.copyOf(matches);
        late = List.copyOf(late);
    }
}
