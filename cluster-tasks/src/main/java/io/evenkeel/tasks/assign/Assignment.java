// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Who is responsible for a task: a function of it and of the topology, and of nothing else.
 *
 * <pre>
 * | shape     | slots            | a node goes                    | a node comes                     |
 * |-----------|------------------|--------------------------------|----------------------------------|
 * | ONCE      | 0                | moves if it was there          | moves if it weighs most          |
 * | EACH_NODE | names of nodes   | ends there                     | begins there                     |
 * | TOTAL     | 0 .. total - 1   | its slots move, and few others | it gets its share, few others move |
 * | BY_KEY    | 0                | moves with the shard           | moves with the shard             |
 * </pre>
 */
public final class Assignment {
    private static final String ONLY = "0";

    private Assignment() {}

    /** The place of each slot; the slots of a task that runs on each node are named as the nodes. */
    public static SortedMap<String, Place> of(Assignable task, Topology topology) {
        SortedMap<String, Place> places = new TreeMap<>();
        if (task.placement().shape() == Placement.Shape.EACH_NODE) {
            if (topology.majority()) {
                topology.takers(task.placement().labels()).forEach(node -> places.put(node, new Place.OnNode(node)));
            }
            return places;
        }
        for (int slot = 0; slot < task.placement().total(); slot++) {
            places.put(Integer.toString(slot), new Place.Nowhere("no node that serves may take it"));
        }
        if (!topology.majority()) {
            places.replaceAll((slot, place) ->
                    new Place.Nowhere("fewer than cluster.minimum=" + topology.minimum() + " nodes are here"));
            return places;
        }
        switch (task.placement().shape()) {
            case TOTAL -> spread(task, topology).forEach((slot, node) -> places.put(slot, new Place.OnNode(node)));
            case BY_KEY -> places.put(ONLY, byKey(task, topology));
            case ONCE ->
                heaviest(task.name(), topology.takers(task.placement().labels()))
                        .ifPresent(node -> places.put(ONLY, new Place.OnNode(node)));
            case EACH_NODE -> throw new IllegalStateException("it was placed above");
        }
        places.replaceAll((slot, place) -> stay(task, topology, slot, () -> place));
        return places;
    }

    /** What a pin, or that others may not take over, makes of a place. */
    private static Place stay(Assignable task, Topology topology, String slot, Supplier<Place> otherwise) {
        String pin = task.pin();
        String mentor =
                pin != null ? pin : task.failover() ? null : task.lastNodes().get(slot);
        if (mentor == null) {
            return otherwise.get();
        }
        NodeView node = topology.nodes().get(mentor);
        if (node != null && node.state() == NodeState.MEMBER) {
            return new Place.OnNode(mentor);
        }
        boolean given = pin != null
                && task.failover()
                && node != null
                && node.state() == NodeState.ABSENT
                && node.absentMs() >= task.redistributeMs();
        return given ? otherwise.get() : new Place.WaitingFor(mentor);
    }

    private static Optional<String> heaviest(String name, List<String> nodes) {
        return nodes.stream()
                .max(Comparator.<String>comparingLong(node -> Weight.of(name, node))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static Place byKey(Assignable task, Topology topology) {
        String owner = topology.ownerOf(task.shard());
        NodeView node = topology.nodes().get(owner);
        return node != null && node.state() == NodeState.MEMBER
                ? new Place.OnNode(owner)
                : new Place.Nowhere("the owner of shard " + task.shard() + " does not serve yet");
    }

    private record Draw(int slot, String node, long weight) {}

    /**
     * Each node gets its share, and those with the greatest weight one more; then whatever slot and node are drawn to each
     * other most come together first.
     */
    private static Map<String, String> spread(Assignable task, Topology topology) {
        Placement placement = task.placement();
        List<String> nodes = topology.takers(placement.labels());
        Map<String, String> placed = new HashMap<>();
        if (nodes.isEmpty()) {
            return placed;
        }
        Map<String, Integer> room = new HashMap<>();
        List<String> byWeight = new ArrayList<>(nodes);
        byWeight.sort(Comparator.<String>comparingLong(node -> Weight.of(task.name() + "#", node))
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
        for (int i = 0; i < byWeight.size(); i++) {
            int share = placement.total() / nodes.size() + (i < placement.total() % nodes.size() ? 1 : 0);
            room.put(byWeight.get(i), Math.min(placement.perNode(), share));
        }
        List<Draw> draws = new ArrayList<>();
        for (int slot = 0; slot < placement.total(); slot++) {
            for (String node : nodes) {
                draws.add(new Draw(slot, node, Weight.of(task.name() + "#" + slot, node)));
            }
        }
        draws.sort(Comparator.comparingLong(Draw::weight)
                .reversed()
                .thenComparingInt(Draw::slot)
                .thenComparing(Draw::node));
        for (Draw draw : draws) {
            String slot = Integer.toString(draw.slot());
            int left = room.getOrDefault(draw.node(), 0);
            if (left > 0 && !placed.containsKey(slot)) {
                placed.put(slot, draw.node());
                room.put(draw.node(), left - 1);
            }
        }
        return placed;
    }
}
