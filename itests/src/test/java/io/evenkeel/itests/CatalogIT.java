// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.CrashPoint;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One cluster for all; the tests follow each other. The node that is to die in one is started again in the next. */
@DisplayName("The catalog")
@TestMethodOrder(OrderAnnotation.class)
class CatalogIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String HIGH = """
            query: high
            parameters: {least: {type: integer, default: 10}}
            inputs: [{event: Reading, key: [sensor], within: 1 hour}]
            epl: select id, sum(amount) as total from Reading having sum(amount) >= ?:least
            output: {event: High, to: "queue:high"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static Cluster cluster;
    private static int published;
    private static int cases;

    @BeforeAll
    static void start() {
        cluster = aCluster()
                .withShards(8)
                .withInput("readings", "Reading")
                .withOutput("high")
                .start(EVIDENCE.folder(), Seed.ofRun());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Answer send(NodeProcess node, String method, String path, String yaml, String... headers) {
        if (!method.equals("GET") && !List.of(headers).contains("Idempotency-Key")) {
            return node.api().change(method, path, yaml, headers);
        }
        return node.api()
                .send(method, path, yaml, headers)
                .orElseThrow(() -> new AssertionError("Expected " + node.name() + " to answer " + method + " " + path));
    }

    private static NodeProcess node(int number) {
        return cluster.node("node-" + number);
    }

    /** One event of a key; returns its id. */
    private static String publish(String sensor, int amount) {
        String id = "e" + ++published;
        cluster.publish(
                "readings", List.of("{\"id\":\"%s\",\"sensor\":\"%s\",\"amount\":%d}".formatted(id, sensor, amount)));
        return id;
    }

    private static void awaitHigh(String instance, String event, int total) {
        cluster.awaitMatch(
                "a match of " + instance + " with " + total,
                SOON,
                match -> match.instance().equals("high/" + instance)
                        && match.body().equals("{\"id\":\"" + event + "\",\"total\":" + total + "}"));
    }

    /** The one catalog that all live nodes run: its revision; waits for it. */
    private static long agreedRevision() {
        return Long.parseLong(agreed().first().split(" ", -1)[0]);
    }

    private static TreeSet<String> agreed() {
        AtomicReference<TreeSet<String>> seen = new AtomicReference<>(new TreeSet<>());
        cluster.await("all nodes to run one catalog", SOON, () -> {
            seen.set(catalogs());
            return seen.get().size() == 1;
        });
        return seen.get();
    }

    private static TreeSet<String> catalogs() {
        TreeSet<String> catalogs = new TreeSet<>();
        for (NodeProcess node : cluster.nodes()) {
            if (node.isAlive()) {
                Optional<JsonNode> status = node.api().cluster();
                if (status.isEmpty()) {
                    catalogs.add("no answer of " + node.name());
                } else {
                    status.get()
                            .path("members")
                            .forEach(member ->
                                    catalogs.add(member.path("catalogRevision").asText() + " "
                                            + member.path("catalogHash").asText()));
                }
            }
        }
        return catalogs;
    }

    @Test
    @Order(1)
    @DisplayName(
            "D1 X1 several definitions are put at once, and events after the answer are processed by them, on any node")
    void shouldProcessByTheChangeAfterItsAnswer() {
        String all = """
                changes:
                  - put: {event: Reading, fields: {id: string, sensor: string, amount: integer}}
                  - put:
                      query: high
                      parameters: {least: {type: integer, default: 10}}
                      inputs: [{event: Reading, key: [sensor], within: 1 hour}]
                      epl: "select id, sum(amount) as total from Reading having sum(amount) >= ?:least"
                      output: {event: High, to: "queue:high"}
                  - put: {query: high, instance: ten}
                """;
        Answer done = send(node(1), "POST", "/api/v1/changes", all).expect(200);
        assertThat(done.json().path("revision").asLong()).isEqualTo(1);
        assertThat(done.json().path("nodes").findValuesAsText("state"))
                .containsOnly("APPLIED")
                .hasSize(3);
        awaitHigh("ten", publish("a", 12), 12);

        send(
                        node(2),
                        "PUT",
                        "/api/v1/queries/high/instances/twenty",
                        "query: high\ninstance: twenty\nparameters: {least: 20}")
                .expect(201);
        // Born warm: it has the 12 from before it was.
        String third = publish("a", 8);
        awaitHigh("ten", third, 20);
        awaitHigh("twenty", third, 20);

        send(node(3), "DELETE", "/api/v1/queries/high/instances/ten", "").expect(204);
        String fourth = publish("a", 1);
        awaitHigh("twenty", fourth, 21);
        assertThat(cluster.matches())
                .noneMatch(match ->
                        match.instance().equals("high/ten") && match.body().contains("\"" + fourth + "\""));
        assertThat(agreedRevision()).isEqualTo(3);
    }

    @Test
    @Order(2)
    @DisplayName("D3 of changes on one version through all nodes one wins, the others get 412")
    void shouldHaveOneWinner() {
        String etag =
                send(node(1), "GET", "/api/v1/queries/high", "").expect(200).header("ETag");
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            NodeProcess through = node(1 + i % 3);
            String mine = HIGH.replace("query: high", "query: high\ndescription: by " + i);
            answers.add(CompletableFuture.supplyAsync(
                    () -> send(through, "PUT", "/api/v1/queries/high", mine, "If-Match", etag)));
        }

        List<Integer> statuses =
                answers.stream().map(answer -> answer.join().status()).sorted().toList();

        assertThat(statuses).containsExactly(200, 412, 412, 412, 412, 412, 412, 412, 412);
        assertThat(agreedRevision()).isEqualTo(4);
        // D9: the description is another version; the history of its instance is what it was.
        awaitHigh("twenty", publish("a", 1), 22);
    }

    @Test
    @Order(3)
    @DisplayName(
            "D2 what a node cannot deploy is in the answer with its node, is known on all, and has changed nothing")
    void shouldTellWhichNodeCannot() {
        node(3).stop();
        cluster.restart(node(3), "-Devenkeel.fault=NO_DEPLOY:bad");
        long before = agreedRevision();
        String bad = HIGH.replace("query: high", "query: bad")
                .replace("parameters: {least: {type: integer, default: 10}}\n", "")
                .replace("?:least", "5");

        Answer answer = send(node(1), "PUT", "/api/v1/queries/bad", bad).expect(500);

        assertThat(answer.json().path("code").asText()).isEqualTo("NODE_FAILED");
        JsonNode elsewhere = send(
                        node(2),
                        "GET",
                        "/api/v1/changes/" + answer.json().path("change").asText(),
                        "")
                .expect(200)
                .json();
        assertThat(elsewhere.path("state").asText()).isEqualTo("ABORTED");
        for (JsonNode said : List.of(answer.json().path("nodes"), elsewhere.path("nodes"))) {
            assertThat(said.findValuesAsText("state")).containsExactly("PREPARED", "PREPARED", "FAILED");
            assertThat(said.path(2).path("node").asText()).isEqualTo("node-3");
            assertThat(said.path(2).path("error").asText()).isEqualTo(IllegalStateException.class.getName());
            assertThat(said.path(2).path("message").asText()).contains("bad");
        }
        assertThat(agreedRevision()).isEqualTo(before);
        send(node(2), "GET", "/api/v1/queries/bad", "").expect(404);
    }

    @ParameterizedTest(name = "at {0}")
    @Order(4)
    @DisplayName("D4 X5 X7 N8 the node that runs a change dies: it is made or undone, and a repeat makes it once")
    @ValueSource(
            strings = {
                "VALIDATED",
                "PREPARE_SENT",
                "ALL_PREPARED",
                "BEFORE_DECISION",
                "AFTER_DECISION",
                "BEFORE_APPLY",
                "AFTER_APPLY"
            })
    void shouldSettleWhatItsNodeLeft(String point) {
        NodeProcess runner = armed(3, point);
        long before = agreedRevision();
        String key = "runner-" + ++cases;
        String path = "/api/v1/events/R" + cases;
        String type = "event: R" + cases + "\nfields: {a: long}\n";

        assertThat(runner.api().send("PUT", path, type, "Idempotency-Key", key)).isEmpty();
        assertThat(cluster.awaitDeath(runner, SOON)).isEqualTo(CrashPoint.EXIT_CODE);
        Answer again = repeat(node(1), "PUT", path, type, key);

        assertThat(again.status()).as(again.body()).isIn(200, 201);
        assertThat(agreedRevision()).isEqualTo(before + 1);
        send(node(2), "GET", path, "").expect(200);
        String id = again.header("Evenkeel-Change");
        assertThat(send(node(2), "GET", "/api/v1/changes/" + id, "")
                        .expect(200)
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("COMMITTED");
    }

    @ParameterizedTest(name = "at {0}")
    @Order(5)
    @DisplayName(
            "X2 X3 X4 D5 a node that is asked dies: before the decision the change is undone, after it the others go on")
    @ValueSource(strings = {"PREPARING", "PREPARED", "APPLYING"})
    void shouldGoOnWithoutANodeThatIsAsked(String point) {
        NodeProcess asked = armed(3, point);
        long before = agreedRevision();
        String key = "asked-" + ++cases;
        String path = "/api/v1/events/R" + cases;
        String type = "event: R" + cases + "\nfields: {a: long}\n";

        Answer first = send(node(1), "PUT", path, type, "Idempotency-Key", key);

        assertThat(cluster.awaitDeath(asked, SOON)).isEqualTo(CrashPoint.EXIT_CODE);
        if (point.equals("APPLYING")) {
            assertThat(first.status()).as(first.body()).isEqualTo(201);
            JsonNode outcome = send(node(2), "GET", "/api/v1/changes/" + first.header("Evenkeel-Change"), "")
                    .json();
            assertThat(outcome.path("nodes").findValuesAsText("state")).containsExactly("APPLIED", "APPLIED", "LEFT");
        } else {
            assertThat(first.status()).as(first.body()).isEqualTo(503);
            assertThat(first.json().path("nodes").toString()).contains("node-3");
            assertThat(agreedRevision()).isEqualTo(before);
            send(node(1), "GET", path, "").expect(404);
            send(node(2), "GET", path, "").expect(404);
        }
        Answer again = repeat(node(2), "PUT", path, type, key);
        assertThat(again.status()).as(again.body()).isIn(200, 201);
        assertThat(agreedRevision()).isEqualTo(before + 1);
    }

    @ParameterizedTest(name = "at {0} and {1}")
    @Order(6)
    @DisplayName("X6 X7 the node that runs a change dies, and one that is asked with it: nobody decides alone,"
            + " and when a majority is back it is made or undone, and a repeat makes it once")
    @CsvSource({"PREPARE_SENT, PREPARED", "BEFORE_DECISION, APPLYING", "AFTER_DECISION, APPLYING"})
    void shouldSettleWithoutBoth(String point, String askedPoint) {
        armed(2, askedPoint);
        // The oldest is asked first; a node that dies when it has sent its first question should have asked the second.
        node(1).stop();
        cluster.restart(node(1));
        NodeProcess runner = armed(3, point);
        long before = agreedRevision();
        String key = "both-" + ++cases;
        String path = "/api/v1/events/R" + cases;
        String type = "event: R" + cases + "\nfields: {a: long}\n";

        assertThat(runner.api().send("PUT", path, type, "Idempotency-Key", key)).isEmpty();
        assertThat(cluster.awaitDeath(runner, SOON)).isEqualTo(CrashPoint.EXIT_CODE);
        assertThat(cluster.awaitDeath(node(2), SOON)).isEqualTo(CrashPoint.EXIT_CODE);
        Answer alone = node(1).api()
                .send("PUT", "/api/v1/events/Alone", "event: Alone\nfields: {a: long}\n")
                .orElseThrow();
        assertThat(alone.status()).as(alone.body()).isEqualTo(503);
        assertThat(alone.header("Retry-After")).isNotEmpty();
        cluster.restartDead();

        boolean decided = point.equals("AFTER_DECISION");
        if (decided) {
            assertThat(agreedRevision()).isEqualTo(before + 1);
        }
        Answer again = repeat(node(1), "PUT", path, type, key);
        assertThat(again.status()).as(again.body()).isIn(200, 201);
        if (decided) {
            assertThat(again.header("Evenkeel-Repeated")).isEqualTo("true");
        }
        assertThat(agreedRevision()).isEqualTo(before + 1);
    }

    @Test
    @Order(7)
    @DisplayName("D7 what is used is not deleted, unless it is told to cascade")
    void shouldCascade() {
        send(node(1), "PUT", "/api/v1/events/Used", "event: Used\nfields: {k: string}\n")
                .expect(201);
        send(
                        node(1),
                        "PUT",
                        "/api/v1/queries/user",
                        "query: user\ninputs: [{event: Used, key: [k], within: 1 minute}]\nepl: select k from Used\n"
                                + "output: {event: U, to: 'queue:high'}\n")
                .expect(201);

        send(node(2), "DELETE", "/api/v1/events/Used", "").expect(409);
        send(node(2), "DELETE", "/api/v1/events/Used?cascade=true", "").expect(204);

        send(node(3), "GET", "/api/v1/queries/user", "").expect(404);

        send(node(1), "DELETE", "/api/v1/queries/high", "").expect(409);
        send(node(2), "GET", "/api/v1/queries/high/instances/twenty", "").expect(200);
    }

    @Test
    @Order(8)
    @DisplayName("D13 all nodes are killed and started: the same catalog, also if a node's file is damaged")
    void shouldSurviveTheEndOfAll() throws IOException {
        long before = agreedRevision();
        TreeSet<String> catalog = agreed();
        cluster.nodes().forEach(cluster::kill);
        Path damaged = EVIDENCE.folder().resolve("data/node-1/catalog/catalog");
        Files.write(damaged, Arrays.copyOf(Files.readAllBytes(damaged), 100));
        cluster.expectErrors("torn");

        cluster.restartDead();

        assertThat(agreedRevision()).isEqualTo(before);
        assertThat(agreed()).isEqualTo(catalog);
        assertThat(node(1).api().cluster().orElseThrow().path("guarantees").toString())
                .contains("torn");
        awaitHigh("twenty", publish("b", 25), 25);
    }

    /** A node that dies when it passes a step for the first time after it serves. */
    private static NodeProcess armed(int number, String point) {
        NodeProcess node = node(number);
        cluster.nodes().stream()
                .filter(other -> other != node && !other.isAlive())
                .forEach(cluster::restart);
        if (node.isAlive()) {
            node.stop();
        }
        // A node that starts applies the catalog once.
        cluster.restart(node, "-Devenkeel.crash=" + point + ":" + (point.equals("APPLYING") ? 2 : 1));
        node.expectEnd();
        return node;
    }

    /** As a client does: until there is an answer that says how it ended. */
    private static Answer repeat(NodeProcess through, String method, String path, String yaml, String key) {
        Answer[] last = new Answer[1];
        cluster.await("the change to be made", SOON, () -> {
            last[0] = send(through, method, path, yaml, "Idempotency-Key", key);
            return last[0].status() != 503;
        });
        return last[0];
    }
}
