// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether this node is joining the other part of a split grid, and has not brought there yet all that it has. It is a member before
 * that, and what it has may be the latest: whoever claims a shard in between, from an older log, makes that the one that
 * {@linkplain LatestWins wins}. So it agrees to nothing meanwhile.
 */
final class Merging {
    /** Where the members' context has an {@link AtomicBoolean}. */
    static final String CONTEXT = "evenkeel.merging";

    private Merging() {}

    /** Looks from now on. */
    static void watch(HazelcastInstance grid) {
        AtomicBoolean merging = new AtomicBoolean();
        grid.getUserContext().put(CONTEXT, merging);
        grid.getLifecycleService().addLifecycleListener(event -> {
            LifecycleState state = event.getState();
            if (state == LifecycleState.MERGING) {
                merging.set(true);
            } else if (state == LifecycleState.MERGED || state == LifecycleState.MERGE_FAILED) {
                merging.set(false);
            }
        });
    }

    /** True from before it leaves its part until all it had is in the other one. */
    static boolean isUnderWay(HazelcastInstance grid) {
        return grid.getUserContext().get(CONTEXT) instanceof AtomicBoolean merging && merging.get();
    }
}
