// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.NodeApi;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Asks each node how it is. For one thread. */
final class ClusterWatch {
    private final DemoCluster cluster;
    private final Map<String, NodeApi> apis = new HashMap<>();
    private final Map<String, Long> receivedBefore = new HashMap<>();
    private long askedNanos = System.nanoTime();

    ClusterWatch(DemoCluster cluster) {
        this.cluster = cluster;
    }

    /** A line for each node. */
    List<String> lines() throws InterruptedException {
        long now = System.nanoTime();
        double seconds = Math.max(1, now - askedNanos) / 1e9;
        askedNanos = now;
        List<String> lines = new ArrayList<>();
        for (NodeProcess node : cluster.nodes()) {
            lines.add(node.alive() ? line(node, seconds) : String.format("  %-8s killed", node.name()));
        }
        return lines;
    }

    private String line(NodeProcess node, double seconds) throws InterruptedException {
        try {
            JsonNode status = api(node).get("/api/v1/cluster").json();
            long received = received(status, node.name());
            long before = receivedBefore.getOrDefault(node.name(), received);
            receivedBefore.put(node.name(), received);
            return String.format(
                    "  %-8s %-9s shards %2d  %,7.0f events/s  %s",
                    node.name(),
                    phase(status, node.name()),
                    shards(status, node.name()),
                    (received - before) / seconds,
                    status.path("safe").asBoolean()
                            ? ""
                            : "not safe: " + status.at("/reasons/0").asText());
        } catch (CommandException e) {
            return String.format("  %-8s no answer", node.name());
        }
    }

    private NodeApi api(NodeProcess node) {
        return apis.computeIfAbsent(node.url(), url -> new NodeApi(List.of(url)));
    }

    /** The node that receives flights: the one whose death matters most. The first one if none does yet. */
    NodeProcess mostActive() throws InterruptedException {
        NodeProcess most = cluster.nodes().get(0);
        long mostReceived = -1;
        for (NodeProcess node : cluster.nodes()) {
            try {
                long received =
                        node.alive() ? received(api(node).get("/api/v1/cluster").json(), node.name()) : -1;
                if (received > mostReceived) {
                    mostReceived = received;
                    most = node;
                }
            } catch (CommandException e) {
                // It does not answer, so it is no candidate.
            }
        }
        return most;
    }

    private static long received(JsonNode status, String node) {
        return own(status, node).mapToLong(row -> row.path("received").asLong()).sum();
    }

    private static String phase(JsonNode status, String node) {
        return own(status, node)
                .map(row -> row.path("phase").asText())
                .findFirst()
                .orElse("-");
    }

    private static Stream<JsonNode> own(JsonNode status, String node) {
        return stream(status.path("receivers"))
                .filter(row -> node.equals(row.path("node").asText()))
                .filter(row -> DemoData.INPUT_QUEUE.equals(row.path("queue").asText()));
    }

    private static long shards(JsonNode status, String node) {
        return stream(status.path("shards"))
                .filter(row -> node.equals(row.path("owner").asText()))
                .count();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
