// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who is there. Immutable.
 *
 * @param minimum nodes without which nothing is done: more than half of those that the cluster has when it is whole
 * @param nodes   all that are or were in the cluster, by name
 * @param owners  of each shard, by its number; empty text: nobody owns it at present
 */
public record Topology(int minimum, SortedMap<String, NodeView> nodes, List<String> owners) {
    public Topology {
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
        owners = List.copyOf(owners);
        if (minimum < 1) {
            throw new IllegalArgumentException("minimum is below 1: " + minimum);
        }
    }

    /** Without shards. */
    public static Topology of(int minimum, Collection<NodeView> nodes) {
        SortedMap<String, NodeView> byName = new TreeMap<>();
        nodes.forEach(node -> byName.put(requireNonNull(node).name(), node));
        return new Topology(minimum, byName, List.of());
    }

    /** False: this is the smaller part of a cluster that fell apart, as far as anybody here can know. */
    public boolean majority() {
        return nodes.values().stream()
                        .filter(node -> node.state() != NodeState.ABSENT)
                        .count()
                >= minimum;
    }

    public Optional<NodeView> find(String node) {
        return Optional.ofNullable(nodes.get(node));
    }

    /** The nodes that may take a task, in the order of their names. */
    List<String> takers(Set<String> labels) {
        return nodes.values().stream()
                .filter(node -> node.takes(labels))
                .map(NodeView::name)
                .toList();
    }

    String ownerOf(int shard) {
        return shard < owners.size() ? owners.get(shard) : "";
    }
}
