// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import java.util.ArrayList;
import java.util.List;

/** Who owns each shard, as this node knows it. Thread-safe. */
public final class ShardOwners {
    private final ShardPlaces places;

    public ShardOwners(HazelcastInstance grid) {
        this.places = new ShardPlaces(grid);
    }

    /** Names of nodes by the shards' numbers; empty text where the grid has assigned none yet. */
    public List<String> names() {
        List<String> names = new ArrayList<>(places.shards());
        for (int shard = 0; shard < places.shards(); shard++) {
            Member owner = places.partition(shard).getOwner();
            names.add(owner == null ? "" : Grid.nameOf(owner));
        }
        return names;
    }
}
