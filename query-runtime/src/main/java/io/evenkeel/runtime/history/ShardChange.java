// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a round has of one shard.
 *
 * @param mark    how far the log is with it
 * @param whole   true if these are all batches of the shard, and those of earlier rounds go; false if they come after those
 * @param first   sequence before which no batch is needed any more; 1 if nothing goes since the last round
 * @param batches by sequence; the arrays are not copied: do not change them
 */
public record ShardChange(HistoryMark mark, boolean whole, long first, SortedMap<Long, byte[]> batches) {
    public ShardChange {
        requireNonNull(mark, "mark");
        batches = Collections.unmodifiableSortedMap(new TreeMap<>(batches));
        if (!batches.isEmpty() && (batches.firstKey() < first || batches.lastKey() >= mark.next())) {
            throw new IllegalArgumentException("Expected batches of shard " + mark.shard() + " from " + first
                    + " to before " + mark.next() + ", but got " + batches.firstKey() + " to " + batches.lastKey());
        }
    }

    int shard() {
        return mark.shard();
    }
}
