// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.Presence;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what this node had on its disk to the cluster once, and keeps what the cluster has from then on. One thread. */
final class KeptOnDisk {
    private static final Logger LOG = LoggerFactory.getLogger(KeptOnDisk.class);

    private final TaskStore store;
    private final TaskDisk disk;
    private boolean offered;
    private Map<String, Long> stamps = Map.of();

    KeptOnDisk(TaskStore store, TaskDisk disk) {
        this.store = store;
        this.disk = disk;
    }

    /** Of two nodes with different values the newer ones win, whichever comes first. */
    void offerOnce() {
        if (!offered) {
            disk.read().forEach(store::offer);
            offered = true;
        }
    }

    /** Only if anything has changed. */
    void keep(Map<String, Stored> values) {
        Map<String, Long> now = new HashMap<>();
        Map<String, Stored> kept = new TreeMap<>();
        values.forEach((key, value) -> {
            if (!key.startsWith(Presence.prefix())) {
                now.put(key, value.stamp());
                kept.put(key, value);
            }
        });
        if (now.equals(stamps)) {
            return;
        }
        try {
            disk.store(kept);
            stamps = now;
        } catch (IOException e) {
            LOG.error("Expected to keep the tasks of the cluster on the disk of this node, but could not", e);
        }
    }
}
