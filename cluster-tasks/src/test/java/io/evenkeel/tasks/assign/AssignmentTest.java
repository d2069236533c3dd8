// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** jqwik prints the seed of a property that fails, and takes it in {@code @Property(seed = ...)}. */
class AssignmentTest {
    private static final int TASKS = 200;

    @Property(tries = 200)
    @Label("T1 T2 whoever asks, in whatever order it knows the nodes, gets the same; and only members take anything")
    void sameEverywhere(@ForAll Random random, @ForAll @IntRange(min = 1, max = 9) int count) {
        List<NodeView> nodes = nodes(random, count);
        List<NodeView> shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, random);
        for (Placement placement :
                List.of(Placement.once(Set.of()), Placement.eachNode(Set.of()), Placement.total(7, 3, Set.of()))) {
            Assignable task = Assignable.of("t" + random.nextInt(), placement);
            SortedMap<String, Place> places = Assignment.of(task, Topology.of(1, nodes));
            assertThat(Assignment.of(task, Topology.of(1, shuffled))).isEqualTo(places);
            assertThat(nodesOf(places.values()))
                    .allMatch(node ->
                            nodes.stream().anyMatch(one -> one.name().equals(node) && one.state() == NodeState.MEMBER));
        }
    }

    @Property(tries = 200)
    @Label("T3 when a node goes, only what it had moves; when it comes, only it gets something")
    void movesAsLittleAsPossible(@ForAll Random random, @ForAll @IntRange(min = 2, max = 9) int count) {
        List<NodeView> all = members(count);
        NodeView one = all.get(random.nextInt(count));
        List<NodeView> without = all.stream().filter(node -> node != one).toList();
        int moved = 0;
        for (int i = 0; i < TASKS; i++) {
            Assignable task = Assignable.of("t" + random.nextInt(), Placement.once(Set.of()));
            Place with = Assignment.of(task, Topology.of(1, all)).get("0");
            Place rest = Assignment.of(task, Topology.of(1, without)).get("0");
            if (!with.equals(rest)) {
                moved++;
                assertThat(with.isOn(one.name())).isTrue();
            }
        }
        assertThat(moved).as("its share of %d on %d nodes", TASKS, count).isBetween(0, 3 * TASKS / count + 20);
    }

    @Property(tries = 300)
    @Label("T9 so many in total are spread within one of balance, and never more than allowed on a node")
    void balances(
            @ForAll @IntRange(min = 1, max = 9) int count,
            @ForAll @IntRange(min = 1, max = 30) int total,
            @ForAll @IntRange(min = 1, max = 5) int perNode) {
        Assignable task = Assignable.of("t" + total, Placement.total(total, perNode, Set.of()));
        SortedMap<String, Place> places = Assignment.of(task, Topology.of(1, members(count)));
        Map<String, Integer> load = new HashMap<>();
        members(count).forEach(node -> load.put(node.name(), 0));
        nodesOf(places.values()).forEach(node -> load.merge(node, 1, Integer::sum));

        assertThat(places).hasSize(total);
        assertThat(load.values()).allMatch(slots -> slots <= perNode);
        assertThat(Collections.max(load.values()) - Collections.min(load.values()))
                .isLessThanOrEqualTo(1);
        assertThat(load.values().stream().mapToInt(slots -> slots).sum()).isEqualTo(Math.min(total, count * perNode));
    }

    /**
     * Not of each single task: a slot that finds its next node full pushes another one on. Of one task in a thousand on eight
     * nodes three times as many move (seed -2444036990766923779 has nine for three).
     */
    @Property(tries = 40)
    @Label(
            "T3 of slots that are spread, those move that the node has which comes or goes; of many tasks together at most"
                    + " twice as many")
    void spreadMovesLittle(@ForAll Random random, @ForAll @IntRange(min = 2, max = 8) int count) {
        List<NodeView> all = members(count);
        long had = 0;
        long moved = 0;
        for (int i = 0; i < TASKS; i++) {
            Assignable task = Assignable.of("t" + random.nextInt(), Placement.total(3 * count, 3 * count, Set.of()));
            SortedMap<String, Place> with = Assignment.of(task, Topology.of(1, all));
            SortedMap<String, Place> without = Assignment.of(task, Topology.of(1, all.subList(0, count - 1)));
            Set<String> itsOwn = with.keySet().stream()
                    .filter(slot -> with.get(slot)
                            .equals(new Place.OnNode(all.get(count - 1).name())))
                    .collect(Collectors.toSet());
            Set<String> moving = with.keySet().stream()
                    .filter(slot -> !with.get(slot).equals(without.get(slot)))
                    .collect(Collectors.toSet());
            assertThat(moving).containsAll(itsOwn);
            had += itsOwn.size();
            moved += moving.size();
        }
        assertThat(moved).as("of %d slots of the node that goes", had).isLessThanOrEqualTo(2 * had);
    }

    @Test
    @DisplayName("T5 without a majority nothing runs anywhere, also what is pinned")
    void nothingInMinority() {
        Topology minority = Topology.of(2, List.of(member("a"), new NodeView("b", NodeState.ABSENT)));
        Assignable task = Assignable.of("t", Placement.once(Set.of()));
        assertThat(nodesOf(Assignment.of(task, minority).values())).isEmpty();
        assertThat(nodesOf(Assignment.of(task.pinned("a", 1), minority).values()))
                .isEmpty();
        assertThat(Assignment.of(Assignable.of("t", Placement.eachNode(Set.of())), minority))
                .isEmpty();
    }

    @Test
    @DisplayName("T6 T7 what is pinned waits for its node while that is away, and moves when it has been so for long")
    void waitsForItsNode() {
        Assignable task = Assignable.of("t", Placement.once(Set.of())).pinned("b", 1_000);
        assertThat(place(task, NodeState.MEMBER, 0)).isEqualTo(new Place.OnNode("b"));
        assertThat(place(task, NodeState.SUSPECT, 0)).isEqualTo(new Place.WaitingFor("b"));
        assertThat(place(task, NodeState.REHAB, 5_000)).isEqualTo(new Place.WaitingFor("b"));
        assertThat(place(task, NodeState.ABSENT, 999)).isEqualTo(new Place.WaitingFor("b"));
        assertThat(place(task, NodeState.ABSENT, 1_000)).isEqualTo(new Place.OnNode("a"));
    }

    @Test
    @DisplayName("T8 what others may not take over stays with whoever began, however long that is away")
    void staysWithoutFailover() {
        Assignable task = Assignable.of("t", Placement.once(Set.of())).stayingWith(new TreeMap<>(Map.of("0", "b")));
        assertThat(place(task, NodeState.ABSENT, Long.MAX_VALUE)).isEqualTo(new Place.WaitingFor("b"));
        assertThat(place(task, NodeState.MEMBER, 0)).isEqualTo(new Place.OnNode("b"));
    }

    @Test
    @DisplayName("labels are wanted all together, and a key goes where its shard is owned")
    void labelsAndKeys() {
        NodeView labelled = new NodeView("b", NodeState.MEMBER, Set.of("db", "disk"), 0);
        Topology topology = new Topology(1, new TreeMap<>(Map.of("a", member("a"), "b", labelled)), List.of("a", "b"));
        assertThat(Assignment.of(Assignable.of("t", Placement.once(Set.of("db"))), topology))
                .containsEntry("0", new Place.OnNode("b"));
        assertThat(nodesOf(Assignment.of(Assignable.of("t", Placement.once(Set.of("db", "x"))), topology)
                        .values()))
                .isEmpty();
        assertThat(Assignment.of(
                        Assignable.of("t", Placement.byKey(List.of("k"))).near(1), topology))
                .containsEntry("0", new Place.OnNode("b"));
    }

    private static Place place(Assignable task, NodeState state, long absentMs) {
        return Assignment.of(task, Topology.of(1, List.of(member("a"), new NodeView("b", state, Set.of(), absentMs))))
                .get("0");
    }

    private static List<String> nodesOf(Collection<Place> places) {
        List<String> nodes = new ArrayList<>();
        places.forEach(place -> place.fold(on -> nodes.add(on.node()), waiting -> false, nowhere -> false));
        return nodes;
    }

    private static NodeView member(String name) {
        return new NodeView(name, NodeState.MEMBER);
    }

    private static List<NodeView> members(int count) {
        List<NodeView> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(member("node-" + i));
        }
        return nodes;
    }

    private static List<NodeView> nodes(Random random, int count) {
        List<NodeView> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new NodeView("node-" + i, NodeState.values()[random.nextInt(NodeState.values().length)]));
        }
        return nodes;
    }
}
