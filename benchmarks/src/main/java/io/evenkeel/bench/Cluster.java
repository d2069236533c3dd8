// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.correlator.cli.Main;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Nodes in JVMs of their own that read one queue. For one thread. */
final class Cluster implements AutoCloseable {
    static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final String name;
    private final Path folder;
    private final List<String> jvm;
    private final List<Integer> httpPorts;
    private final List<ChildProcess> nodes = new ArrayList<>();

    private Cluster(String name, Path folder, int size, List<String> jvm) {
        this.name = name;
        this.folder = folder;
        this.jvm = jvm;
        this.httpPorts = FreePorts.take(size);
    }

    /** Starts nodes and waits until it is safe to commit. @param name also of the queue that they read */
    static Cluster start(
            String name,
            Path base,
            int size,
            int backups,
            ConnectionSettings broker,
            Options options,
            Options.Collector collector)
            throws IOException {
        Path folder = Files.createDirectories(base.resolve(name));
        Files.writeString(folder.resolve("catalog.yaml"), Readings.catalog(1));
        Cluster cluster = new Cluster(name, folder, size, options.nodeJvm(collector));
        List<Integer> ports = FreePorts.take(size);
        String members =
                ports.stream().map(port -> "\"127.0.0.1:" + port + "\"").collect(Collectors.joining(", "));
        for (int i = 0; i < size; i++) {
            Files.writeString(cluster.file(i), """
                    node: {name: n%d, data: "%s", http: {host: 127.0.0.1, port: %d}}
                    cluster: {name: %s, bind: 127.0.0.1, port: %d, members: [%s], backups: %d, shards: %d}
                    jms:
                      connections: {main: {url: "%s", user: %s, passwordFile: "%s"}}
                      receivers: {readings: {connection: main, destination: "queue:%s", event: Reading, reliability: APP_CONTROLLED, ordering: strict, batch: 1000}}
                    catalog: {load: ["*.yaml"]}
                    """.formatted(
                            i,
                            folder.resolve("n" + i),
                            cluster.httpPorts.get(i),
                            name,
                            ports.get(i),
                            members,
                            backups,
                            options.shards(),
                            broker.url(),
                            broker.user(),
                            broker.passwordFile(),
                            name));
        }
        try {
            for (int i = 0; i < size; i++) {
                cluster.nodes.add(cluster.launch(i));
            }
            for (ChildProcess node : cluster.nodes) {
                node.awaitReady(START_LIMIT);
            }
            cluster.awaitSafe(size);
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private Path file(int node) {
        // Not *.yaml in the folder of the catalog: a node would take it for a definition.
        return folder.resolve("n" + node + ".conf");
    }

    private ChildProcess launch(int node) throws IOException {
        return ChildProcess.start(
                name + "-n" + node,
                folder.resolve("n" + node + ".log"),
                jvm,
                Main.class,
                "node",
                "--config",
                file(node).toString());
    }

    /** Starts a node anew that was killed, and waits until all are in and it is safe. */
    void restart(int node) throws IOException {
        nodes.get(node).close();
        nodes.set(node, launch(node));
        nodes.get(node).awaitReady(START_LIMIT);
        awaitSafe(nodes.size());
    }

    void kill(int node) {
        nodes.get(node).kill();
    }

    int size() {
        return nodes.size();
    }

    /** The operating system's ids of the nodes. */
    List<Long> pids() {
        return nodes.stream().map(ChildProcess::pid).toList();
    }

    /** What a node tells of itself; fails if the node does not answer. */
    NodeFacts facts(int node) throws IOException {
        return NodeFacts.read(httpPorts.get(node));
    }

    private void awaitSafe(int members) throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            boolean safe = true;
            for (int i = 0; i < nodes.size(); i++) {
                NodeFacts facts = facts(i);
                safe &= facts.safe() && facts.members() == members && facts.ownedShards() == facts.shards();
            }
            if (safe) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "Expected cluster " + name + " to be safe within " + START_LIMIT + ", but it is not");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    @Override
    public void close() {
        nodes.forEach(ChildProcess::kill);
        nodes.forEach(ChildProcess::close);
    }
}
