// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Has a node take over the latest catalog. Answers why it could not; empty if it did, or is still starting. */
final class RefreshTask implements Callable<String>, Serializable, HazelcastInstanceAware {
    private static final long serialVersionUID = 1L;

    private transient @Nullable HazelcastInstance grid;

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    @Override
    public String call() {
        GridCatalog catalog = GridCatalog.of(grid);
        if (catalog == null) {
            return "";
        }
        try {
            catalog.refresh();
            return "";
        } catch (RuntimeException e) {
            return e.toString();
        }
    }
}
