// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.client.ClientSettings;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.EvenkeelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Asks each node how it is. For one thread. */
final class ClusterWatch {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DemoCluster cluster;
    private final Map<String, EvenkeelClient> clients = new HashMap<>();
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
            JsonNode status = status(node);
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
        } catch (EvenkeelException e) {
            return String.format("  %-8s no answer", node.name());
        }
    }

    /** Of this node and no other, now or not at all. */
    private JsonNode status(NodeProcess node) throws InterruptedException {
        return JSON.valueToTree(clients.computeIfAbsent(
                        node.url(),
                        url -> EvenkeelClient.of(ClientSettings.of(url)
                                .withPatience(Duration.ZERO)
                                .withAbsence(Duration.ZERO)))
                .cluster());
    }

    /** The node that receives flights: the one whose death matters most. The first one if none does yet. */
    NodeProcess mostActive() throws InterruptedException {
        NodeProcess most = cluster.nodes().get(0);
        long mostReceived = -1;
        for (NodeProcess node : cluster.nodes()) {
            try {
                long received = node.alive() ? received(status(node), node.name()) : -1;
                if (received > mostReceived) {
                    mostReceived = received;
                    most = node;
                }
            } catch (EvenkeelException e) {
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
