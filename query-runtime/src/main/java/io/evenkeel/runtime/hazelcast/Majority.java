// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionFunction;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Whether a part of a split grid may write: the one with most nodes, whatever their roles. Hazelcast itself would count those
 * with partitions only, and a cluster with more receivers than half would never write. Thread-safe.
 */
final class Majority implements SplitBrainProtectionFunction, HazelcastInstanceAware {
    private final int minimum;
    private volatile @Nullable HazelcastInstance grid;

    Majority(int minimum) {
        this.minimum = minimum;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    /** @param holders those with partitions; asked when any member has come or gone */
    @Override
    public boolean apply(Collection<Member> holders) {
        return requireNonNull(grid, "grid").getCluster().getMembers().size() >= minimum;
    }
}
