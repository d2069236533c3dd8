// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import io.evenkeel.correlator.catalog.ClusterCatalog;
import io.evenkeel.runtime.engine.QueryCompiler;
import io.evenkeel.runtime.hazelcast.GridSettings;
import io.evenkeel.runtime.shard.ShardSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Three real members in this process, each with its catalog, on free ports of the loopback address. */
final class TestMembers implements AutoCloseable {
    static final int NODES = 3;
    private static final int SHARDS = 8;

    private final String cluster = "test-" + UUID.randomUUID();
    private final List<Integer> ports = freePorts();
    private final List<GridMember> members = new ArrayList<>();
    private final QueryCompiler compiler;
    private final Path folder;

    TestMembers(Path folder, QueryCompiler compiler) {
        this.folder = folder;
        this.compiler = compiler;
    }

    /** Starts all, and returns when all have agreed on the catalog. */
    void start() throws InterruptedException {
        for (int i = 0; i < NODES; i++) {
            members.add(GridMember.join(
                    new GridSettings(
                            cluster,
                            "node-" + (i + 1),
                            "127.0.0.1",
                            ports.get(i),
                            ports.stream().map(port -> "127.0.0.1:" + port).toList(),
                            1,
                            SHARDS,
                            2),
                    "http://127.0.0.1:1",
                    ShardSettings.DEFAULT,
                    compiler,
                    folder.resolve("node-" + (i + 1)),
                    step -> {},
                    Duration.ofMillis(100),
                    tick -> {},
                    List::of));
        }
        for (GridMember member : members) {
            member.catalog().start();
        }
    }

    ClusterCatalog catalog(int index) {
        return members.get(index).catalog();
    }

    List<String> hashes() {
        return members.stream()
                .map(member -> member.catalog().node().bytes().hash())
                .distinct()
                .toList();
    }

    GridMember member(int index) {
        return members.get(index);
    }

    private static List<Integer> freePorts() {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
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
        members.forEach(GridMember::close);
        members.clear();
    }
}
