// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskStore;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The grid's values in one process. Thread-safe. */
final class MemoryTaskStore implements TaskStore {
    private final TreeMap<String, Stored> values = new TreeMap<>();
    private final Map<String, byte[]> pieces = new ConcurrentHashMap<>();

    /** As the grid does when more nodes die at once than there are backups. */
    synchronized void lose(Predicate<String> keys) {
        values.keySet().removeIf(keys);
    }

    @Override
    public synchronized Optional<Stored> read(String key) {
        return Optional.ofNullable(values.get(key));
    }

    @Override
    public synchronized Map<String, Stored> all(String prefix) {
        TreeMap<String, Stored> all = new TreeMap<>(values);
        all.keySet().removeIf(key -> !key.startsWith(prefix));
        return all;
    }

    @Override
    public synchronized boolean swap(String key, long expected, Stored next) {
        Stored present = values.get(key);
        boolean there =
                present != null && present.stamp() == next.stamp() && Arrays.equals(present.bytes(), next.bytes());
        if (there || (present == null ? 0 : present.stamp()) == expected) {
            values.put(key, next);
            return true;
        }
        return false;
    }

    @Override
    public synchronized void offer(String key, Stored value) {
        Stored present = values.get(key);
        if (present == null || present.stamp() < value.stamp()) {
            values.put(key, value);
        }
    }

    @Override
    public synchronized void forget(String key, long expected) {
        Stored present = values.get(key);
        if (present != null && present.stamp() == expected) {
            values.remove(key);
        }
    }

    @Override
    public void keepPiece(String key, byte[] bytes) {
        pieces.put(key, bytes);
    }

    @Override
    public Optional<byte[]> readPiece(String key) {
        return Optional.ofNullable(pieces.get(key));
    }
}
