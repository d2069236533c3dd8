// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where, and how often, something runs.
 *
 * @param total   with {@link Shape#TOTAL}: in how many places; else 1
 * @param perNode with {@link Shape#TOTAL}: the most on one node; else 1
 * @param labels  only on nodes that have all of these
 * @param key     with {@link Shape#BY_KEY}: the values of a key as text; else empty
 */
public record Placement(Shape shape, int total, int perNode, Set<String> labels, List<String> key) {
    /** How many, and next to what. */
    public enum Shape {
        /** Once in the cluster. */
        ONCE,
        /** Once on each node, those that come later too. */
        EACH_NODE,
        /** So many in total, and at most so many on one node. */
        TOTAL,
        /** Once, on the node that owns the shard of a key. */
        BY_KEY
    }

    public Placement {
        requireNonNull(shape, "shape");
        labels = Collections.unmodifiableSortedSet(new TreeSet<>(labels));
        key = List.copyOf(key);
        if (total < 1 || perNode < 1) {
            throw new IllegalArgumentException("Expected at least one. total=" + total + " perNode=" + perNode);
        }
    }

    public static Placement once(Set<String> labels) {
        return new Placement(Shape.ONCE, 1, 1, labels, List.of());
    }

    public static Placement eachNode(Set<String> labels) {
        return new Placement(Shape.EACH_NODE, 1, 1, labels, List.of());
    }

    public static Placement total(int total, int perNode, Set<String> labels) {
        return new Placement(Shape.TOTAL, total, perNode, labels, List.of());
    }

    public static Placement byKey(List<String> key) {
        return new Placement(Shape.BY_KEY, 1, 1, Set.of(), key);
    }
}
