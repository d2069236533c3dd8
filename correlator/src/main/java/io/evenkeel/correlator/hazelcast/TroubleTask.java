// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Asks a node what an instance threw in its shards, as JSON. */
final class TroubleTask implements Callable<String>, Serializable, HazelcastInstanceAware {
    private static final long serialVersionUID = 1L;

    private final String query;
    private final String instance;
    private transient @Nullable HazelcastInstance grid;

    TroubleTask(String query, String instance) {
        this.query = query;
        this.instance = instance;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance given) {
        grid = given;
    }

    @Override
    public String call() {
        GridView view = GridView.of(grid);
        return view == null ? "[]" : view.ownTroubles(query, instance);
    }
}
