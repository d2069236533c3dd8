// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Broker and nodes as processes, and faults. For one thread. */
public final class Cluster extends ObservedCluster<NodeProcess> {
    private final ClusterPlan plan;
    private final Broker broker;
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final List<TcpProxy> betweenNodes = new ArrayList<>();

    private Cluster(ClusterPlan plan, Seed seed, Broker broker) {
        super(plan, seed);
        this.plan = plan;
        this.broker = broker;
        rejectErrorsOf(broker::newErrors);
    }

    static Cluster start(ClusterPlan plan, Path folder, Seed seed) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to make " + folder + ", but could not", e);
        }
        Cluster cluster = new Cluster(plan, seed, plan.broker(folder));
        try {
            cluster.startNodes(folder);
            cluster.startReading();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void startNodes(Path folder) {
        List<Integer> ports = FreePorts.take(2 * plan.nodes);
        List<Integer> grid = ports.subList(plan.nodes, 2 * plan.nodes);
        List<NodePlace> places = new ArrayList<>();
        for (int i = 0; i < plan.nodes; i++) {
            places.add(place(i, ports.get(i), grid.get(i)));
        }
        List<NodeProcess> nodes = new ArrayList<>();
        for (int i = 0; i < plan.nodes; i++) {
            String name = "node-" + (i + 1);
            Path file = NodeFile.write(folder, plan, name, places.get(i), places, brokerUrl(), broker.passwordFile());
            nodes.add(new NodeProcess(name, file, folder.resolve(name + ".log"), places.get(i), plan.arguments));
        }
        observe(nodes);
        if (plan.networks != null && plan.slowableGrid) {
            standBetween(plan.networks, grid);
        }
        List<NodeProcess> first = nodes.subList(0, Math.min(plan.started, plan.nodes));
        first.forEach(node -> node.start(plan.options));
        awaitSafe(first.size());
    }

    /** A proxy for each way from one node to another. */
    private void standBetween(Networks networks, List<Integer> gridPorts) {
        for (int from = 0; from < plan.nodes; from++) {
            for (int to = 0; to < plan.nodes; to++) {
                if (from != to) {
                    TcpProxy between = new TcpProxy(
                            networks.testHost(),
                            new InetSocketAddress(networks.host(to), gridPorts.get(to)),
                            new TcpProxy.Weather(Duration.ZERO, 0),
                            seed().random("stalls " + from + to));
                    betweenNodes.add(between);
                    networks.redirect(from, to, gridPorts.get(to), between.port());
                }
            }
        }
    }

    private NodePlace place(int number, int httpPort, int gridPort) {
        Networks networks = plan.networks;
        var environment = plan.environments.getOrDefault("node-" + (number + 1), Map.of());
        return networks == null
                ? new NodePlace("127.0.0.1", httpPort, gridPort, List.of(), environment)
                : new NodePlace(networks.host(number), httpPort, gridPort, networks.prefix(number), environment);
    }

    /** As nodes have it: the broker itself listens on loopback only, and knows nothing of what is between. */
    private String brokerUrl() {
        if (plan.networks == null && plan.brokerDelay.isZero() && !plan.slowable) {
            return broker.url();
        }
        TcpProxy between = new TcpProxy(
                plan.networks == null ? "127.0.0.1" : plan.networks.brokerHost(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()),
                new TcpProxy.Weather(plan.brokerDelay, plan.stallPercent),
                seed().random("stalls"));
        proxies.add(between);
        return between.url();
    }

    // ---- parts

    public Broker broker() {
        return broker;
    }

    @Override
    public ConnectionSettings connection() {
        return broker.connection();
    }

    // ---- faults

    /** {@code kill -9}. */
    public void kill(NodeProcess node) {
        node.kill();
    }

    /** Start a node again and wait until the cluster is whole. @param options of its JVM */
    public void restart(NodeProcess node, String... options) {
        node.start(options);
        awaitWhole();
    }

    /** Start a node that was not among the first, or was stopped, and wait until it serves with the others. */
    public void add(NodeProcess node) {
        node.start();
        awaitSafe((int) nodes().stream().filter(NodeProcess::isAlive).count());
    }

    /**
     * Make the network between nodes and broker slow, or quick again, of a cluster that was planned so.
     *
     * @param delay  of each byte, in each direction
     * @param stalls of each hundred pieces so many stand still, for up to two seconds
     */
    public void slowBroker(Duration delay, int stalls) {
        if (proxies.isEmpty()) {
            throw new IllegalStateException("Expected a cluster planned with a slowable broker, but it was not");
        }
        proxies.forEach(proxy -> proxy.set(new TcpProxy.Weather(delay, stalls)));
    }

    /** The same between all nodes; each connection passes through one. */
    public void slowGrid(Duration delay, int stalls) {
        if (betweenNodes.isEmpty()) {
            throw new IllegalStateException("Expected a cluster planned with a slowable grid, but it was not");
        }
        betweenNodes.forEach(proxy -> proxy.set(new TcpProxy.Weather(delay, stalls)));
    }

    /** How many connections of nodes with each other have passed through proxies; what does not is not slow. */
    public long gridConnections() {
        return betweenNodes.stream().mapToLong(TcpProxy::connections).sum();
    }

    /** Start all nodes that are dead and wait until the cluster is whole. */
    public void restartDead() {
        List<NodeProcess> dead =
                nodes().stream().filter(node -> !node.isAlive()).toList();
        if (!dead.isEmpty()) {
            dead.forEach(NodeProcess::start);
            awaitWhole();
        }
    }

    @Override
    List<AutoCloseable> surroundings() {
        List<AutoCloseable> processes = new ArrayList<>();
        processes.add(broker);
        processes.addAll(proxies);
        processes.addAll(betweenNodes);
        return processes;
    }
}
