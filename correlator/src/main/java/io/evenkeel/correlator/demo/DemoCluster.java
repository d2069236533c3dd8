// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import io.evenkeel.broker.BrokerProcess;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A broker and nodes as processes. Whatever happens to this JVM, they are ended by their ids. */
final class DemoCluster implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final Path folder;
    private final BrokerProcess broker;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Thread reaper = new Thread(this::killAll, "evenkeel-demo-reaper");

    private DemoCluster(Path folder, BrokerProcess broker) {
        this.folder = folder;
        this.broker = broker;
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /** Start all and return when every node is ready. */
    static DemoCluster start(Path folder, int count) throws IOException, InterruptedException {
        BrokerSettings settings = BrokerSettings.of(folder.resolve("broker")).withPort(0);
        DemoCluster cluster = new DemoCluster(folder, BrokerProcess.start(settings, START_LIMIT));
        try {
            cluster.startNodes(count);
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void startNodes(int count) throws IOException {
        List<Integer> ports = FreePorts.take(count);
        for (int i = 0; i < count; i++) {
            String name = "node-" + (i + 1);
            Path config = Files.writeString(folder.resolve(name + ".yaml"), configuration(name, ports.get(i), ports));
            NodeProcess node = NodeProcess.start(name, config, folder.resolve(name + ".log"));
            synchronized (nodes) {
                nodes.add(node);
            }
        }
        for (NodeProcess node : nodes()) {
            node.awaitReady(START_LIMIT);
        }
    }

    private String configuration(String name, int port, List<Integer> ports) {
        String members =
                ports.stream().map(each -> "\"127.0.0.1:" + each + "\"").collect(Collectors.joining(", "));
        return """
                node: {name: %s, data: data/%s, http: {host: 127.0.0.1, port: 0}}
                cluster: {name: demo, bind: 127.0.0.1, port: %d, members: [%s], backups: %d}
                jms:
                  connections:
                    main: {url: "%s", user: %s, passwordFile: %s}
                  receivers:
                    flights: {connection: main, destination: "queue:%s", event: %s, ordering: strict, batch: 200}
                """.formatted(
                        name,
                        name,
                        port,
                        members,
                        ports.size() > 1 ? 1 : 0,
                        broker.url(),
                        BrokerSettings.USER,
                        passwordFile(),
                        DemoData.INPUT_QUEUE,
                        DemoData.EVENT);
    }

    private Path passwordFile() {
        return folder.resolve("broker").resolve("password");
    }

    ConnectionSettings connection() {
        return new ConnectionSettings("demo", broker.url(), BrokerSettings.USER, passwordFile());
    }

    String brokerUrl() {
        return broker.url();
    }

    List<NodeProcess> nodes() {
        synchronized (nodes) {
            return List.copyOf(nodes);
        }
    }

    List<String> liveUrls() {
        return nodes().stream().filter(NodeProcess::alive).map(NodeProcess::url).toList();
    }

    private void killAll() {
        nodes().forEach(NodeProcess::kill);
        // The broker has a reaper of its own.
    }

    @Override
    public void close() {
        nodes().forEach(NodeProcess::terminate);
        nodes().forEach(NodeProcess::close);
        broker.close();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // This JVM is ending; the hook finds nothing alive.
        }
    }
}
