// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has to be responsible for.
 *
 * @param name           unique; decides together with the names of nodes
 * @param shard          of the key, with a placement by key; else ignored
 * @param pin            the node that it is to stay with; null: none
 * @param redistributeMs so long a pinned one waits for its node
 * @param lastNodes      by slot, who did it last; of those with {@code failover} false only
 * @param failover       false: no other node takes over what one has begun
 */
public record Assignable(
        String name,
        Placement placement,
        int shard,
        @Nullable String pin,
        long redistributeMs,
        SortedMap<String, String> lastNodes,
        boolean failover) {
    public Assignable {
        requireNonNull(name, "name");
        requireNonNull(placement, "placement");
        lastNodes = Collections.unmodifiableSortedMap(new TreeMap<>(lastNodes));
    }

    /** Pinned to nothing, taken over by others. */
    public static Assignable of(String name, Placement placement) {
        return new Assignable(name, placement, 0, null, 0, new TreeMap<>(), true);
    }

    /** The same with a mentor. */
    public Assignable pinned(String node, long waitMs) {
        return new Assignable(name, placement, shard, node, waitMs, lastNodes, failover);
    }

    /** The same, staying with whoever began. */
    public Assignable stayingWith(SortedMap<String, String> nodes) {
        return new Assignable(name, placement, shard, pin, redistributeMs, nodes, false);
    }

    /** The same, next to a shard. */
    public Assignable near(int number) {
        return new Assignable(name, placement, number, pin, redistributeMs, lastNodes, failover);
    }
}
