// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes compute, one receives; one after the other on one cluster. */
@DisplayName("D12 Roles of nodes:")
@TestMethodOrder(OrderAnnotation.class)
class NodeRolesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EVENTS = 2_000;
    private static final int KEYS = 40;
    private static final int RATE = 400;
    private static final String NO_COMPUTE = "no node with the role compute is here";
    private static final String NO_RECEIVER = "no node with the role receiver is here";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static final Readings READINGS = new Readings();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(NodeRolesIT.class));
        cluster = aCluster()
                .withRole("node-1", "compute")
                .withRole("node-2", "compute")
                .withRole("node-3", "receiver")
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput("readings", "Reading")
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("D12 a receiver owns no shards, a compute node has no receivers, and each says what it is")
    void shouldKeepToTheirRoles() {
        Random random = SEED.random("first");
        cluster.publish("readings", READINGS.lines(EVENTS, KEYS, random));
        cluster.awaitMatches(READINGS.published(), SOON);

        // A busy node may be asked in vain at first, and then its shards are missing.
        AtomicReference<JsonNode> seen = new AtomicReference<>(MissingNode.getInstance());
        cluster.await("all nodes to tell of all shards", SOON, () -> {
            seen.set(cluster.node("node-1").api().cluster().orElse(MissingNode.getInstance()));
            return seen.get().path("shards").size() == 32;
        });
        JsonNode status = seen.get();
        Map<String, String> roles = new TreeMap<>();
        status.path("members")
                .forEach(member -> roles.put(
                        member.path("name").asText(), member.path("roles").toString()));
        assertThat(roles)
                .isEqualTo(Map.of("node-1", "[\"compute\"]", "node-2", "[\"compute\"]", "node-3", "[\"receiver\"]"));
        assertThat(names(status, "shards", "owner")).containsExactly("node-1", "node-2");
        assertThat(names(status, "receivers", "node")).containsExactly("node-3");
    }

    @Test
    @Order(2)
    @DisplayName(
            "D12 a compute node is killed under load: the cluster says what it lacks, and nothing is lost or doubled")
    void shouldSurviveAComputeNode() {
        Random random = SEED.random("second");
        Publishing publishing = cluster.publishing("readings", READINGS.lines(EVENTS, KEYS, random), RATE);
        cluster.awaitPublished(publishing, EVENTS / 3);
        NodeProcess victim = cluster.node(random.nextBoolean() ? "node-1" : "node-2");
        cluster.kill(victim);
        awaitReason(cluster.node("node-3"), "too few nodes for the backups: 1 are here with the role compute");
        publishing.await(SOON);
        cluster.restart(victim);
        cluster.awaitMatches(READINGS.published(), SOON);
        cluster.awaitDrained();

        Verdict verdict = cluster.judge(READINGS.published(), READINGS.running());
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
    }

    @Test
    @Order(3)
    @DisplayName(
            "D12 a cluster without a receiver says so, changes its catalog all the same, and goes on when one comes")
    void shouldNameTheMissingReceiver() {
        cluster.kill(cluster.node("node-3"));
        awaitReason(cluster.node("node-1"), NO_RECEIVER);
        cluster.node("node-2").api().put("/api/v1/events/Other", "event: Other\nfields: {a: long}\n");
        Random random = SEED.random("third");
        cluster.publish("readings", READINGS.lines(200, KEYS, random));

        cluster.restart(cluster.node("node-3"));

        cluster.awaitMatches(READINGS.published(), SOON);
        cluster.awaitDrained();
        Verdict verdict = cluster.judge(READINGS.published(), READINGS.running());
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
    }

    @Test
    @Order(4)
    @DisplayName("D12 a cluster of receivers only says so; its catalog comes back with the nodes that compute")
    void shouldNameTheMissingComputeNodes() {
        // Where it hears of the loss before it knows that it is alone.
        cluster.expectErrors("lost its log");
        String before = hash(cluster.node("node-3"));
        cluster.kill(cluster.node("node-1"));
        cluster.kill(cluster.node("node-2"));
        awaitReason(cluster.node("node-3"), NO_COMPUTE);
        awaitReason(cluster.node("node-3"), "lost its history: more nodes died at once than there are backups");
        assertThat(cluster.node("node-3").logged("is with the nodes that this one does not see")
                        + cluster.node("node-3").logged("lost its log"))
                .as("shards that are told in its log")
                .isPositive();
        cluster.restartDead();
        cluster.await(
                "the catalog of before on all nodes",
                SOON,
                () -> cluster.nodes().stream().allMatch(node -> before.equals(hash(node))));

        Readings fresh = new Readings();
        cluster.publish("readings", fresh.lines("after", 200, KEYS, SEED.random("fourth")));
        cluster.awaitMatches(READINGS.published() + fresh.published(), SOON);
        cluster.awaitDrained();
    }

    /** Both where people look and where programs do. */
    private static void awaitReason(NodeProcess node, String reason) {
        cluster.await(node.name() + " to say: " + reason, SOON, () -> {
            boolean told = node.api()
                    .cluster()
                    .filter(status -> status.path("reasons").toString().contains(reason))
                    .isPresent();
            return told
                    && node.api()
                            .get("/health/ready")
                            .filter(ready ->
                                    ready.status() == 503 && ready.body().contains(reason))
                            .isPresent();
        });
    }

    private static String hash(NodeProcess node) {
        JsonNode members =
                node.api().cluster().map(status -> status.path("members")).orElse(MissingNode.getInstance());
        return StreamSupport.stream(members.spliterator(), false)
                .filter(member -> member.path("name").asText().equals(node.name()))
                .map(member -> member.path("catalogHash").asText())
                .findFirst()
                .orElse("");
    }

    private static TreeSet<String> names(JsonNode status, String rows, String name) {
        TreeSet<String> names = new TreeSet<>();
        status.path(rows).forEach(row -> names.add(row.path(name).asText()));
        return names;
    }
}
