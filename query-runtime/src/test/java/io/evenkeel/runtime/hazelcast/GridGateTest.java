// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.internal.partition.PartitionReplica;
import com.hazelcast.internal.partition.impl.InternalPartitionServiceImpl;
import com.hazelcast.internal.partition.impl.PartitionReplicaManager;
import com.hazelcast.internal.services.ServiceNamespace;
import com.hazelcast.jet.impl.util.Util;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class GridGateTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    /** Shorter than a gate that is shut waits before it looks again. */
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private static final int SHARDS = 16;

    private final List<Integer> ports = TestGrid.freePorts(3);
    private final List<HazelcastInstance> members = new ArrayList<>();
    private final List<GridGate> gates = new ArrayList<>();
    /** On a machine of one's own. A busy one is given more. */
    private static final boolean STRICT = Boolean.getBoolean("evenkeel.strict");

    /** The clock by which processes notice that they stood still: the test's own, so that they do when it says so. */
    private final AtomicLong stoodStillMs = new AtomicLong();

    @AfterEach
    void stop() {
        gates.forEach(GridGate::close);
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    @Test
    @DisplayName("I7 F14 the gate stays open while a member comes and copies move, and shuts when one is gone")
    void shouldStayOpenWhileCopiesMove() {
        startTwo();
        byte[] weight = new byte[100_000];
        IntStream.range(0, 500)
                .forEach(i -> members.get(0).getMap(Grid.SEGMENTS).set(i, weight));
        long closings = gates.get(0).closings();

        start(2);
        await("the third to own shards, and all copies to be there", () -> {
            // A member that stands still for half a second is a reason, but none that copies move.
            assertThat(gates.get(0).reasons())
                    .as("at each look")
                    .allMatch(reason -> !STRICT && reason.endsWith("does not answer"));
            return owned(2) > 0 && members.get(0).getPartitionService().isClusterSafe();
        });
        await("the third to be safe", () -> gates.get(2).open());
        if (STRICT) {
            assertThat(gates.get(0).closings()).isEqualTo(closings);
        }
        await("the first to be open", () -> gates.get(0).open());
        long before = gates.get(0).closings();

        gates.get(2).close();
        members.get(2).getLifecycleService().terminate();
        await("the gate to shut", () -> gates.get(0).closings() > before);
        await("the copies to be replaced", () -> gates.get(0).open());
        assertThat(members.get(0).getMap(Grid.SEGMENTS).size()).isEqualTo(500);
    }

    @Test
    @DisplayName("a copy that is behind is asked for again within seconds, if the first request for it was lost")
    void shouldAskAgainForACopy() throws ReflectiveOperationException {
        startTwo();
        HazelcastInstance owner = members.get(0);
        IntStream.range(0, 500).forEach(i -> owner.getMap(Grid.SEGMENTS).set(i, i));
        long closings = gates.get(0).closings();

        // As the grid has it when it has sent a request that never arrives.
        var partitions = (InternalPartitionServiceImpl)
                Util.getNodeEngine(members.get(1)).getPartitionService();
        PartitionReplicaManager copies = partitions.getReplicaManager();
        InternalPartition behind = Arrays.stream(partitions.getInternalPartitions())
                .filter(partition -> !partition.isLocal())
                .findFirst()
                .orElseThrow();
        Method send = PartitionReplicaManager.class.getDeclaredMethod(
                "registerSyncInfoFor", int.class, ServiceNamespace.class, int.class, PartitionReplica.class);
        send.setAccessible(true);
        for (ServiceNamespace namespace : List.copyOf(copies.getNamespaces(behind.getPartitionId()))) {
            copies.tryAcquireReplicaSyncPermits(1);
            send.invoke(copies, behind.getPartitionId(), namespace, 1, behind.getReplica(0));
            copies.clearPartitionReplicaVersions(behind.getPartitionId(), namespace);
        }

        await(
                "the gate to shut for the copy",
                () -> gates.get(0).reasons().stream().anyMatch(reason -> reason.endsWith("node-1 REPLICA_NOT_SYNC")));
        assertThat(gates.get(0).closings()).isGreaterThan(closings);
        await("the copies to be there again", () -> gates.get(0).open());
    }

    @Test
    @DisplayName("F6 a process that stood still commits nothing until the others say anew that it is one of them")
    void shouldShutWhenItStoodStill() {
        startTwo();
        long closings = gates.get(1).closings();

        stoodStillMs.set(1_000);
        // At once, unless somebody does not answer at this moment. Who is told to have stood still is open after that
        // only.
        await(
                "it to be open after a pause as of a collector",
                () -> gates.get(1).open());
        assertThat(gates.get(1).stalls()).isZero();

        stoodStillMs.addAndGet(4_000);
        await("it to be noticed", () -> gates.get(1).stalls() > 0);
        await("the others to be asked anew", () -> gates.get(1).open());
        assertThat(gates.get(1).closings()).isGreaterThan(closings);
    }

    @Test
    @DisplayName("F6 who asks first after a standstill is told of it, before the ticker has run again")
    void shouldBeStaleAtOnce() {
        AtomicLong clock = new AtomicLong();
        StallTicker notRunning = new StallTicker(clock::get, nanos -> {});

        clock.set(StallTicker.LONGEST_NANOS);
        assertThat(notRunning.isStale()).isFalse();
        clock.incrementAndGet();
        assertThat(notRunning.isStale()).isTrue();
    }

    @Test
    @DisplayName("F6 nothing is safe for a node that was removed and does not know it yet")
    void shouldTellWhomItDoesNotKnow() {
        startTwo();
        SafetyTask removed = new SafetyTask(1, UUID.randomUUID());
        removed.setHazelcastInstance(members.get(0));
        SafetyTask known =
                new SafetyTask(1, members.get(1).getCluster().getLocalMember().getUuid());
        known.setHazelcastInstance(members.get(0));

        assertThat(CopiesTold.parse(removed.call()).copies()).isEqualTo(Copies.MISSING);
        assertThat(CopiesTold.parse(known.call()).copies()).isEqualTo(Copies.ALL);
    }

    private long owned(int index) {
        return members.get(0).getPartitionService().getPartitions().stream()
                .filter(partition ->
                        members.get(index).getCluster().getLocalMember().equals(partition.getOwner()))
                .count();
    }

    private void startTwo() {
        start(0);
        start(1);
        await(
                "two members to be safe",
                () -> gates.get(0).open() && gates.get(1).open());
        TestGrid.awaitAssigned(members);
    }

    private void start(int index) {
        GridSettings settings = new GridSettings(
                "gate-" + ports.get(0),
                "node-" + (index + 1),
                "127.0.0.1",
                ports.get(index),
                ports.stream().map(port -> "127.0.0.1:" + port).toList(),
                1,
                SHARDS,
                2);
        members.add(Grid.start(settings));
        gates.add(new GridGate(members.get(index), settings, () -> TimeUnit.MILLISECONDS.toNanos(stoodStillMs.get())));
        gates.get(index).start();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("nanoseconds too late for " + what)
                    .isNegative();
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
