// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Real members in this process, each on a free port of the loopback address. */
final class TestGrid implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String cluster;
    private final List<Integer> ports;
    private final int backups;
    private final int shards;
    private final List<HazelcastInstance> members = new ArrayList<>();

    TestGrid(int size, int backups, int shards) {
        this("test-" + UUID.randomUUID(), size, size, backups, shards);
    }

    /** @param started so many members only; the others are configured */
    TestGrid(String cluster, int size, int started, int backups, int shards) {
        this.cluster = cluster;
        this.ports = freePorts(size);
        this.backups = backups;
        this.shards = shards;
        for (int i = 0; i < started; i++) {
            members.add(Grid.start(settings(i)));
        }
        awaitAssigned(members);
    }

    /** Starts the next of the members that are configured. */
    void startNext() {
        members.add(Grid.start(settings(members.size())));
        awaitAssigned(members);
    }

    /** A backup that does not know yet that it is one acknowledges nothing. */
    static void awaitAssigned(List<HazelcastInstance> members) {
        for (HazelcastInstance member : members) {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!member.getPartitionService().getPartitions().stream()
                            .allMatch(partition -> partition.getOwner() != null)
                    || !member.getPartitionService().isLocalMemberSafe()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("Expected the partitions to have owners within " + LIMIT);
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    HazelcastInstance member(int index) {
        return members.get(index);
    }

    List<HazelcastInstance> members() {
        return members;
    }

    GridSettings settings(int index) {
        return new GridSettings(
                cluster,
                "node-" + (index + 1),
                "127.0.0.1",
                ports.get(index),
                ports.stream().map(port -> "127.0.0.1:" + port).toList(),
                backups,
                shards,
                ports.size() / 2 + 1);
    }

    /** Ends a member as a kill would: it tells nobody. */
    void terminate(int index) {
        members.get(index).getLifecycleService().terminate();
    }

    /** Below those of outgoing connections: one of those may take what was free until a member comes. */
    static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            while (sockets.size() < count) {
                int port = ThreadLocalRandom.current().nextInt(12_000, 31_000);
                try {
                    sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException e) {
                    // Somebody has it; there are thousands of others.
                }
            }
            List<Integer> ports =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new IllegalStateException("no free ports", e);
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.getLifecycleService().terminate());
    }
}
