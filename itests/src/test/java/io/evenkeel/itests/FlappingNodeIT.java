// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All nodes bring definitions along, and one of them dies and comes back again and again. {@code -Devenkeel.flaps=N} */
@DisplayName("A node that comes and goes:")
@TestMethodOrder(OrderAnnotation.class)
class FlappingNodeIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FLAPS = Integer.getInteger("evenkeel.flaps", 4);
    private static final int CLIENTS = 4;
    private static final String TEN = "/api/v1/queries/high/instances/ten";
    private static final String LOADED = """
            event: Reading
            fields: {id: string, sensor: string, amount: integer}
            ---
            query: high
            parameters: {least: {type: integer, default: 10}}
            inputs: [{event: Reading, key: [sensor], within: 1 hour}]
            epl: select id from Reading where amount >= ?:least
            output: {event: High, to: "queue:high"}
            ---
            {query: high, instance: ten}
            ---
            event: Unused
            fields: {a: long}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(FlappingNodeIT.class) + " -Devenkeel.flaps=" + FLAPS);
        cluster = aCluster()
                .withShards(8)
                .withDocuments(LOADED)
                .withInput("readings", "Reading")
                .withOutput("high")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static NodeProcess node(int number) {
        return cluster.node("node-" + number);
    }

    private static Answer send(NodeProcess node, String method, String path, String yaml) {
        return method.equals("GET") ? get(node, path) : node.api().change(method, path, yaml);
    }

    private static Answer get(NodeProcess node, String path) {
        return node.api()
                .get(path)
                .orElseThrow(() -> new AssertionError("Expected " + node.name() + " to answer GET " + path));
    }

    /** One event; returns the instances whose matches come until those of {@code expected} are there, and all are read. */
    private static List<String> instancesThatMatch(String id, int amount, int expected) {
        cluster.publish("readings", List.of("{\"id\":\"%s\",\"sensor\":\"s\",\"amount\":%d}".formatted(id, amount)));
        String body = "{\"id\":\"" + id + "\"}";
        cluster.awaitCount(
                "the matches of " + id, expected, SOON, match -> match.body().equals(body));
        cluster.awaitDrained();
        return cluster.matches().stream()
                .filter(match -> match.body().equals(body))
                .map(match -> match.instance())
                .toList();
    }

    @Test
    @Order(1)
    @DisplayName(
            "D6 what all nodes bring along is there once, and a node that starts undoes nothing that was changed since")
    void shouldNeitherDoubleNorRevert() {
        assertThat(instancesThatMatch("e1", 12, 1)).containsExactly("high/ten");

        assertThat(send(node(1), "PUT", TEN, "{query: high, instance: ten, parameters: {least: 20}}")
                        .status())
                .isEqualTo(200);
        assertThat(send(node(1), "PUT", TEN.replace("/ten", "/mine"), "{query: high, instance: mine}")
                        .status())
                .isEqualTo(201);
        assertThat(send(node(2), "DELETE", "/api/v1/events/Unused", "").status())
                .isEqualTo(204);
        SortedSet<String> before = cluster.awaitOneCatalog(SOON);
        cluster.kill(node(2));
        cluster.restart(node(2));
        assertThat(cluster.awaitOneCatalog(SOON)).isEqualTo(before);
        cluster.nodes().forEach(cluster::kill);
        cluster.restartDead();

        assertThat(cluster.awaitOneCatalog(SOON)).isEqualTo(before);
        assertThat(send(node(3), "GET", "/api/v1/events/Unused", "").status()).isEqualTo(404);
        assertThat(instancesThatMatch("e2", 12, 1)).containsExactly("high/mine");
        assertThat(instancesThatMatch("e3", 22, 2)).containsExactlyInAnyOrder("high/mine", "high/ten");
    }

    @Test
    @Order(2)
    @DisplayName("D10 it is killed and started every few seconds while clients change the catalog: no change is stuck,"
            + " and all nodes run the same")
    void shouldLeaveNothingBehind() {
        Random random = SEED.random("flaps");
        Clients clients = new Clients();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<CompletableFuture<Void>> runs = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                String name = "C" + i;
                Random of = SEED.random("client " + i);
                runs.add(CompletableFuture.runAsync(() -> clients.run(name, of), threads));
            }
            for (int i = 0; i < FLAPS; i++) {
                NodeProcess flapping = node(3);
                cluster.hold("its life", Duration.ofMillis(1_000 + random.nextInt(4_000)));
                cluster.kill(flapping);
                cluster.hold("its absence", Duration.ofMillis(500 + random.nextInt(1_500)));
                flapping.start();
            }
            cluster.awaitWhole();
            clients.ended = true;
            runs.forEach(CompletableFuture::join);
        } finally {
            clients.ended = true;
            threads.shutdownNow();
        }

        cluster.awaitOneCatalog(SOON);
        System.out.println("flapping node: flaps=" + FLAPS + " changes=" + clients.changes.size() + " repeats="
                + clients.repeats + " catalog=" + cluster.catalogs() + " " + SEED);
        assertThat(clients.changes).hasSizeGreaterThan(FLAPS);
        clients.changes.keySet().forEach(change -> {
            for (NodeProcess node : cluster.nodes()) {
                Answer told = send(node, "GET", "/api/v1/changes/" + change, "");
                assertThat(told.json().path("state").asText()).as(told.body()).isIn("COMMITTED", "UNCHANGED");
            }
        });
        clients.last.forEach((name, value) -> cluster.nodes()
                .forEach(node -> assertThat(send(node, "GET", "/api/v1/events/" + name, "")
                                .json()
                                .path("description")
                                .asText())
                        .isEqualTo(value)));
        // What is open holds up nobody: the next change of each definition is made at once.
        clients.last.keySet().forEach(name -> {
            long begun = System.nanoTime();
            assertThat(send(node(3), "PUT", "/api/v1/events/" + name, document(name, "at last"))
                            .status())
                    .isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(25));
        });
        assertThat(instancesThatMatch("e4", 22, 2)).containsExactlyInAnyOrder("high/mine", "high/ten");
    }

    private static String document(String name, String value) {
        return "event: " + name + "\ndescription: " + value + "\nfields: {a: long}\n";
    }

    /** Each replaces a definition of its own, through another node each time, until it knows that it is done. */
    private static final class Clients {
        private final Map<String, String> changes = new ConcurrentHashMap<>();
        private final Map<String, String> last = new ConcurrentHashMap<>();
        private volatile boolean ended;
        private final AtomicInteger repeats = new AtomicInteger();

        void run(String name, Random random) {
            for (int i = 1; !ended; i++) {
                String value = name + "-" + i;
                Optional<Answer> done = Optional.empty();
                long deadline = System.nanoTime() + SOON.toNanos();
                while (done.isEmpty()) {
                    if (System.nanoTime() - deadline > 0) {
                        throw new AssertionError("Expected " + value + " to be done within " + SOON);
                    }
                    done = node(1 + random.nextInt(3))
                            .api()
                            .send("PUT", "/api/v1/events/" + name, document(name, value), "Idempotency-Key", value)
                            .filter(answer -> answer.status() != 503);
                    repeats.addAndGet(done.isEmpty() ? 1 : 0);
                }
                assertThat(done.get().status()).as(done.get().body()).isIn(200, 201);
                changes.put(done.get().header("Evenkeel-Change"), value);
                last.put(name, value);
            }
        }
    }
}
