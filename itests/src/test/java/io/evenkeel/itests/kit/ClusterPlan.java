// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.jms.connection.ConnectionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a cluster is to be made of; ends with {@link #start}. */
public final class ClusterPlan {
    final List<String> documents = new ArrayList<>();
    final TreeMap<String, String> inputs = new TreeMap<>();
    final TreeSet<String> outputs = new TreeSet<>();
    final TreeSet<String> unread = new TreeSet<>();
    Set<String> withoutReceivers = Set.of();
    final TreeSet<String> notPersistent = new TreeSet<>();
    final TreeMap<String, String> roles = new TreeMap<>();
    final TreeMap<String, Map<String, String>> environments = new TreeMap<>();

    @Nullable
    Networks networks;

    @Nullable
    private ConnectionSettings others;

    @Nullable
    private Path brokerData;

    private Map<String, String> brokerVariables = Map.of();

    Duration brokerDelay = Duration.ZERO;
    int stallPercent;
    boolean slowable;
    boolean slowableGrid;
    final List<String> settings = new ArrayList<>();
    String[] options = {};
    String[] arguments = {};
    int nodes = 3;
    int started = Integer.MAX_VALUE;
    int backups = 1;
    int shards = 32;
    int batch = 1000;
    String ordering = "strict";

    private ClusterPlan() {}

    /** Three nodes, one backup, 32 shards; nothing to do. */
    public static ClusterPlan aCluster() {
        return new ClusterPlan();
    }

    /** So many nodes; a single one keeps no backups. */
    public ClusterPlan withNodes(int count) {
        nodes = count;
        backups = Math.min(backups, count - 1);
        return this;
    }

    public ClusterPlan withBackups(int count) {
        backups = count;
        return this;
    }

    public ClusterPlan withShards(int count) {
        shards = count;
        return this;
    }

    /** At most so many messages in a transaction. */
    public ClusterPlan withBatch(int most) {
        batch = most;
        return this;
    }

    /** YAML documents that each node brings along: event types, queries, instances. */
    public ClusterPlan withDocuments(String yaml) {
        documents.add(yaml);
        return this;
    }

    /** A receiver on each node, strict unless {@link #relaxed}. @param eventType of messages that name none */
    public ClusterPlan withInput(String queue, String eventType) {
        inputs.put(queue, eventType);
        return this;
    }

    /** All inputs are taken by relaxed receivers. */
    public ClusterPlan relaxed() {
        ordering = "relaxed";
        return this;
    }

    /** Where matches go, and are read by the test. */
    public ClusterPlan withOutput(String... queues) {
        outputs.addAll(List.of(queues));
        return this;
    }

    /** A queue that matches go to and that is an input again. @param eventType of those matches */
    public ClusterPlan withChain(String queue, String eventType) {
        unread.add(queue);
        return withInput(queue, eventType);
    }

    /** A queue of matches that the test does not follow, and that need not outlive the broker. */
    public ClusterPlan withNonPersistent(String queue) {
        unread.add(queue);
        notPersistent.add(queue);
        return this;
    }

    /** More words on the command line of each node, at each start. */
    public ClusterPlan withArguments(String... words) {
        arguments = words.clone();
        return this;
    }

    /** More of each node's configuration, as YAML. */
    public ClusterPlan withSettings(String yaml) {
        settings.add(yaml);
        return this;
    }

    /** Start the nodes with these options of their JVMs; a restart does not repeat them. */
    public ClusterPlan withOptions(String... ofJvm) {
        options = ofJvm.clone();
        return this;
    }

    /** Start so many nodes only; the others are configured, and started by the test. */
    public ClusterPlan withStarted(int count) {
        started = count;
        return this;
    }

    /** These nodes only evaluate. */
    public ClusterPlan withoutReceiversOn(String... names) {
        withoutReceivers = Set.of(names);
        return this;
    }

    /** What a node does, as in {@code node.roles}; the others do everything. */
    public ClusterPlan withRole(String name, String role) {
        roles.put(name, role);
        return this;
    }

    /** Each node in a network namespace of its own. @param made for as many nodes */
    public ClusterPlan withNetworks(Networks made) {
        networks = made;
        return this;
    }

    /**
     * A slow and lossy network between each node and the broker.
     *
     * @param delay  of each byte, in each direction
     * @param stalls of each hundred pieces so many stand still, for up to two seconds
     */
    public ClusterPlan withSlowBroker(Duration delay, int stalls) {
        brokerDelay = delay;
        stallPercent = stalls;
        return this;
    }

    /** A broker that the test runs itself, and ends after the cluster. */
    public ClusterPlan withBroker(ConnectionSettings running) {
        others = running;
        return this;
    }

    /** Where the broker keeps its data, if not with the rest. */
    public ClusterPlan withBrokerData(Path folder) {
        brokerData = folder;
        return this;
    }

    /** Variables of the broker's process. */
    public ClusterPlan withBrokerEnvironment(Map<String, String> variables) {
        brokerVariables = Map.copyOf(variables);
        return this;
    }

    /** The one that was named, else a new one. */
    Broker broker(Path folder) {
        return others != null
                ? Broker.at(others)
                : new Broker(
                        brokerData == null ? folder.resolve("broker") : brokerData,
                        folder.resolve("broker.log"),
                        brokerVariables);
    }

    /** A network between each node and the broker that the test can make slow, and is not at first. */
    public ClusterPlan withSlowableBroker() {
        slowable = true;
        return this;
    }

    /** The same between the nodes, for which each needs a network namespace of its own. @param made for as many nodes */
    public ClusterPlan withSlowableGrid(Networks made) {
        slowableGrid = true;
        return withNetworks(made);
    }

    /** Variables of a node's process. */
    public ClusterPlan withEnvironment(String node, Map<String, String> variables) {
        environments.put(node, variables);
        return this;
    }

    /** Start broker and nodes; returns when all serve. @param folder for what they write */
    public Cluster start(Path folder, Seed seed) {
        return Cluster.start(this, folder, seed);
    }

    /** The same in containers, without those faults of processes that Docker has in its own way; see {@link Containers#require}. */
    public ContainerCluster startInContainers(Path folder, Seed seed) {
        return ContainerCluster.start(this, folder, seed);
    }
}
