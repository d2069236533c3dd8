// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.Presence;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskStore;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node has last seen of tasks and jobs, on its disk and in its memory. When the cluster has lost some of it, be it
 * that all nodes ended or that more died than there are backups, this node brings it back. For one thread.
 */
final class KeptOnDisk {
    private static final Logger LOG = LoggerFactory.getLogger(KeptOnDisk.class);

    private final TaskStore store;
    private final TaskDisk disk;
    /** Null: not read yet. */
    private @Nullable Map<String, Stored> known;

    private boolean onDisk;

    KeptOnDisk(TaskStore store, TaskDisk disk) {
        this.store = store;
        this.disk = disk;
    }

    /**
     * Offers what is not in the cluster, or older there. Of several nodes with different values the newest one wins,
     * whichever comes first.
     *
     * @param values   what the cluster has
     * @param beforeMs what ended before this time was not lost: it has been forgotten
     * @return true if anything was offered
     */
    boolean bringBack(Map<String, Stored> values, long beforeMs) {
        if (known == null) {
            known = disk.read();
        }
        Map<String, Stored> lost = new TreeMap<>(known);
        lost.entrySet().removeIf(entry -> {
            Stored present = values.get(entry.getKey());
            return present != null && present.stamp() >= entry.getValue().stamp();
        });
        if (!lost.isEmpty()) {
            lost.keySet().removeAll(StoredRecords.of(known).endedBefore(beforeMs));
        }
        lost.forEach((key, value) -> {
            LOG.info("Brings {} back, which this node knew and the cluster does not. stamp={}", key, value.stamp());
            store.offer(key, value);
        });
        return !lost.isEmpty();
    }

    /** Only if anything has changed. */
    void keep(Map<String, Stored> values) {
        Map<String, Stored> now = new TreeMap<>(values);
        now.keySet().removeIf(key -> key.startsWith(Presence.prefix()));
        if (onDisk && known != null && stamps(now).equals(stamps(known))) {
            return;
        }
        known = now;
        onDisk = false;
        try {
            disk.store(now);
            onDisk = true;
        } catch (IOException e) {
            LOG.error("Expected to keep the tasks of the cluster on the disk of this node, but could not", e);
        }
    }

    private static Map<String, Long> stamps(Map<String, Stored> values) {
        return values.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().stamp()));
    }
}
