// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NodeRolesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** Some milliseconds, on a machine that has other things to do. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private final List<HazelcastInstance> members = new ArrayList<>();
    private final List<GridGate> gates = new ArrayList<>();

    @AfterEach
    void stop() {
        gates.forEach(GridGate::close);
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    @Test
    @DisplayName(
            "D12 one node computes, two receive: it owns all shards, all three count for the majority, and what lacks is named")
    void shouldCountAllForTheMajority() {
        List<Integer> ports = TestGrid.freePorts(3);
        start(ports, 0, true);
        start(ports, 1, false);
        start(ports, 2, false);

        for (int i = 0; i < 3; i++) {
            awaitReasons(i, List.of());
            members.get(i).getMap(Grid.GENERATIONS).set("queue-" + i, 1L);
        }
        // Assigned by the first write.
        assertThat(members.get(1).getPartitionService().getPartitions())
                .allMatch(partition -> Grid.nameOf(partition.getOwner()).equals("node-1"));

        members.get(2).getLifecycleService().terminate();
        awaitReasons(1, List.of());
        members.get(1).getMap(Grid.GENERATIONS).set("queue", 2L);

        members.get(1).getLifecycleService().terminate();
        awaitReasons(0, List.of("minority: 1 of 3 nodes are here, cluster.minimum=2"));
        awaitRefusal(0);
    }

    @Test
    @DisplayName("D12 receivers alone are a majority that commits nothing, and say that nobody computes")
    void shouldNameWhatIsMissing() {
        List<Integer> ports = TestGrid.freePorts(3);
        start(ports, 0, false);
        start(ports, 1, false);

        awaitReasons(0, List.of("no node with the role compute is here: nobody evaluates what is received"));

        start(ports, 2, true);
        awaitReasons(0, List.of());
        awaitReasons(2, List.of());
    }

    /**
     * The grid counts its members on another thread, some time after everybody could see that they are fewer. What is written until
     * then is not committed: the gate looks at the members themselves.
     */
    private void awaitRefusal(int member) {
        IMap<String, Long> map = members.get(member).getMap(Grid.GENERATIONS);
        Awaitility.await("a minority refuses writes")
                .atMost(AT_ONCE)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThatExceptionOfType(SplitBrainProtectionException.class)
                        .isThrownBy(() -> map.set("queue", 3L)));
    }

    private void awaitReasons(int member, List<String> reasons) {
        Awaitility.await()
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(gates.get(member).reasons()).isEqualTo(reasons));
    }

    private void start(List<Integer> ports, int index, boolean compute) {
        GridSettings settings = new GridSettings(
                "roles-" + ports.get(0),
                "node-" + (index + 1),
                "127.0.0.1",
                ports.get(index),
                ports.stream().map(port -> "127.0.0.1:" + port).toList(),
                0,
                8,
                2,
                compute,
                !compute,
                0);
        members.add(Grid.start(settings));
        gates.add(new GridGate(members.get(index), settings));
        gates.get(index).start();
    }
}
