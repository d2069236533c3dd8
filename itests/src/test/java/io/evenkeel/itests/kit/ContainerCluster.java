// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Broker and nodes in containers on a network of their own, and faults: what differs from processes is that each has its
 * own memory, share of the processors, disk and network. For one thread.
 */
public final class ContainerCluster extends ObservedCluster<NodeContainer> {
    private final ClusterPlan plan;
    private final ContainerNetwork network = ContainerNetwork.create();
    private final BrokerContainer broker;
    private final String nodeImage;

    private ContainerCluster(ClusterPlan plan, Path folder, Seed seed, Map<String, String> images) {
        super(plan, seed);
        this.plan = plan;
        this.nodeImage = images.get("node");
        this.broker = new BrokerContainer(images.get("broker"), network, folder);
        rejectErrorsOf(broker::newErrors);
    }

    static ContainerCluster start(ClusterPlan plan, Path folder, Seed seed) {
        Containers.removeLeftovers();
        var cluster = new ContainerCluster(plan, folder, seed, Containers.images("broker", "node"));
        try {
            cluster.broker.start();
            cluster.startNodes(folder);
            cluster.startReading();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void startNodes(Path folder) {
        List<Integer> ports = FreePorts.take(plan.nodes);
        List<NodePlace> places = IntStream.range(0, plan.nodes)
                .mapToObj(i -> new NodePlace(
                        network.host(i), NodeContainer.HTTP_PORT, NodeContainer.GRID_PORT, List.of(), Map.of()))
                .toList();
        List<NodeContainer> nodes = new ArrayList<>();
        for (int i = 0; i < plan.nodes; i++) {
            String name = "node-" + (i + 1);
            Path file = NodeFile.write(
                    folder, plan, name, places.get(i), places, broker.url(), NodeContainer.PASSWORD_FILE);
            nodes.add(new NodeContainer(
                    name,
                    nodeImage,
                    network,
                    new FixedPlace(network.host(i), NodeContainer.HTTP_PORT, ports.get(i)),
                    folder,
                    file,
                    broker.passwordFile(),
                    variables(name)));
        }
        observe(nodes);
        nodes.forEach(NodeContainer::start);
        awaitWhole();
    }

    private Map<String, String> variables(String name) {
        Map<String, String> variables = new HashMap<>();
        // Nodes that live for a minute: the optimising compiler would take more time of them than it saves.
        variables.put("EVENKEEL_JAVA_OPTS", "-XX:TieredStopAtLevel=1 " + String.join(" ", plan.options));
        variables.putAll(plan.environments.getOrDefault(name, Map.of()));
        return variables;
    }

    @Override
    public ConnectionSettings connection() {
        return broker.connection();
    }

    // ---- faults

    /** Start a node again and wait until the cluster is whole. */
    public void restart(NodeContainer node) {
        node.start();
        awaitWhole();
    }

    /** No packet passes between a node and the broker, until {@link NodeContainer#heal}. */
    public void cutFromBroker(NodeContainer node) {
        node.cut(List.of(network.brokerHost()));
    }

    /** The broker hears nothing of a node, which hears the broker. */
    public void muteToBroker(NodeContainer node) {
        node.mute(network.brokerHost());
    }

    /** No packet passes between a node and the others. */
    public void cutFromNodes(NodeContainer node) {
        node.cut(IntStream.range(0, nodes().size())
                .filter(other -> nodes().get(other) != node)
                .mapToObj(network::host)
                .toList());
    }

    @Override
    List<AutoCloseable> surroundings() {
        return List.of(broker, network);
    }
}
