// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Tasks;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs, while the nodes that do them die at each step, freeze, or are all stopped. */
@DisplayName("A job")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JobsIT {
    private static final Seed SEED = Seed.ofRun();
    private static final int EVENTS = 2_000;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String EXPORT = "job: export\nattempts: 5\nsettings: {query: high}\n";
    private static final String TYPE = """
            event: Reading
            fields: {id: string, sensor: string, amount: integer}
            """;
    private static final String QUERY = """
            query: high
            inputs: [{event: Reading, key: [sensor], retain: 1000}]
            epl: select id, count(*) as n from Reading
            output: {event: High, to: "queue:high"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static Cluster cluster;
    private static Tasks tasks;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(JobsIT.class));
        cluster = aCluster()
                .withShards(8)
                .withInput("readings", "Reading")
                .withOutput("high")
                .withDocuments(TYPE + "---\n" + QUERY)
                .start(EVIDENCE.folder(), SEED);
        cluster.expectErrors("claims mastership but it is not a member");
        tasks = new Tasks(cluster);
        cluster.publish("readings", readings(EVENTS));
        cluster.awaitDrained();
        // Runs on each node that takes anything, and does nothing: it tells which nodes do.
        tasks.put("on-each", """
                task: on-each
                kind: forward
                run: node
                settings: {query: nothing, hook: "http://127.0.0.1:1/"}
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("J1 J2 J3 whose node dies at any step is finished by one other node, and its result is whole")
    void shouldSurviveItsNodeAtEachStep() {
        List<String> steps = List.of("TAKEN", "PIECE_KEPT", "CHECKPOINTED", "BEFORE_DONE", "AFTER_DONE");
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            NodeProcess victim = cluster.nodes().get(i % 3);
            victim.stop();
            // The first that it takes is its slot of the task that runs on each.
            cluster.restart(victim, "-Devenkeel.crash=" + step + (step.equals("TAKEN") ? ":2" : ":1"));
            awaitMembers(3);
            victim.expectEnd();
            String key = keyFor(victim);
            String id = tasks.submit(key, EXPORT);
            cluster.awaitDeath(victim, SOON);
            JsonNode done = tasks.awaitJob(id, "DONE");
            cluster.restartDead();

            System.out.println("job killed at " + step + ": " + done);
            assertThat(cluster.nodes())
                    .allSatisfy(node -> assertThat(linesOf(tasks.result(node, id)))
                            .as("%s on %s", step, node.name())
                            .hasSize(EVENTS)
                            .doesNotHaveDuplicates());
            if (step.equals("AFTER_DONE")) {
                assertThat(done.path("node").asText()).isEqualTo(victim.name());
                assertThat(done.path("attempt").asInt()).isEqualTo(1);
            } else {
                assertThat(done.path("node").asText()).isNotEqualTo(victim.name());
                assertThat(done.path("attempt").asInt()).isGreaterThan(1);
                assertThat(done.path("failure").asText()).contains("node " + victim.name() + " left");
            }
            assertThat(tasks.submit(key, EXPORT)).as("the same key again").isEqualTo(id);
        }
    }

    @Test
    @Order(2)
    @DisplayName("J8 whose node is frozen is finished by another; what the woken node had begun, nobody sees")
    void shouldRefuseWokenNode() {
        awaitMembers(3);
        String job = backtest();
        String id = tasks.submit("frozen", job);
        NodeProcess victim =
                cluster.node(tasks.awaitJob(id, "RUNNING").path("node").asText());
        victim.freeze();
        String result;
        JsonNode done;
        try {
            done = tasks.awaitJob(id, "DONE");
            result = tasks.result(others(victim).get(0), id);
        } finally {
            victim.thaw();
        }
        cluster.await(
                "the woken node to let go",
                SOON,
                () -> victim.logged("is left to others") > 0
                        || victim.logged("Stops " + id) > 0
                        || victim.logged("Stops run/job/" + id) > 0);
        cluster.awaitWhole();

        assertThat(done.path("node").asText()).isNotEqualTo(victim.name());
        assertThat(done.path("fence").asLong()).isGreaterThan(1);
        assertThat(linesOf(result)).hasSize(BACKTEST_EVENTS);
        assertThat(cluster.nodes())
                .allSatisfy(node -> assertThat(tasks.result(node, id)).isEqualTo(result));
        assertThat(tasks.job(id).orElseThrow()).isEqualTo(done);
    }

    @Test
    @Order(3)
    @DisplayName("J6 with a key runs where the key's shard is owned, also after its owner has died")
    void shouldRunAtTheOwner() {
        awaitMembers(3);
        String job = EXPORT + "key: [s7]\n";
        NodeProcess owner = owner("s7");
        JsonNode first = tasks.awaitJob(tasks.submit("keyed-1", job), "DONE");
        cluster.kill(owner);
        cluster.awaitSafe(2);
        NodeProcess next = owner("s7");
        JsonNode second = tasks.awaitJob(tasks.submit("keyed-2", job), "DONE");
        cluster.restartDead();

        assertThat(first.path("node").asText()).isEqualTo(owner.name());
        assertThat(second.path("node").asText()).isEqualTo(next.name()).isNotEqualTo(owner.name());
    }

    @Test
    @Order(4)
    @DisplayName(
            "J7 that fails as often as it may is FAILED with the cause, and done when it is retried after that is mended")
    void shouldFailAndBeRetried() {
        String id = tasks.submit("failing", "job: export\nattempts: 2\nsettings: {query: other}\n");
        JsonNode failed = tasks.awaitJob(id, "FAILED");
        assertThat(failed.path("failures").asInt()).isEqualTo(2);
        assertThat(failed.path("failure").asText()).contains("Expected query other to exist");

        cluster.nodes().get(0).api().put("/api/v1/queries/other", QUERY.replace("query: high", "query: other"));
        assertThat(tasks.jobOrder(id, "retry").status()).isEqualTo(200);
        tasks.awaitJob(id, "DONE");
        assertThat(tasks.jobOrder(id, "retry").status()).isEqualTo(409);
    }

    @Test
    @Order(5)
    @DisplayName(
            "J4 J5 that is on its way when all nodes are killed is done after they are back, with no word from who sent it")
    void shouldSurviveTheEndOfAll() {
        awaitMembers(3);
        String id = tasks.submit("all", backtest());
        tasks.awaitJob(id, "RUNNING");
        // Nodes look, and write what is new to their disks, three times a second.
        cluster.hold("the disks", Duration.ofMillis(400));
        cluster.nodes().forEach(cluster::kill);
        cluster.restartDead();
        JsonNode done = tasks.awaitJob(id, "DONE");

        assertThat(done.path("attempt").asInt()).isGreaterThan(1);
        assertThat(linesOf(tasks.result(cluster.nodes().get(2), id))).hasSize(BACKTEST_EVENTS);
        assertThat(tasks.slot("on-each")).isPresent();
    }

    // ---- the test's own

    private static final int BACKTEST_EVENTS = 16_000;

    private static String backtest() {
        StringBuilder yaml = new StringBuilder("job: backtest\nattempts: 10\nsettings:\n  definitions: |\n");
        (TYPE + "---\n" + QUERY)
                .lines()
                .forEach(line -> yaml.append("    ").append(line).append('\n'));
        yaml.append("  events: |\n");
        readings(BACKTEST_EVENTS)
                .forEach(line -> yaml.append("    ").append(line).append('\n'));
        return yaml.toString();
    }

    private static List<String> readings(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"id\":\"e%d\",\"sensor\":\"s%d\",\"amount\":%d}".formatted(i, i % 40, i % 100))
                .toList();
    }

    private static List<String> linesOf(String result) {
        return result.lines().toList();
    }

    private static List<NodeProcess> others(NodeProcess node) {
        return cluster.nodes().stream().filter(other -> other != node).toList();
    }

    private static void awaitMembers(int count) {
        cluster.await(count + " nodes to take jobs", SOON, () -> running().size() == count);
    }

    private static Set<String> running() {
        Set<String> nodes = new TreeSet<>();
        cluster.nodes()
                .get(0)
                .api()
                .get("/api/v1/tasks/on-each")
                .filter(answer -> answer.status() == 200)
                .ifPresent(answer -> answer.json().path("slots").forEach(slot -> {
                    if (slot.path("state").asText().equals("RUNNING")) {
                        nodes.add(slot.path("node").asText());
                    }
                }));
        return nodes;
    }

    private static NodeProcess owner(String key) {
        return cluster.node(cluster.awaitFound(
                "an owner of " + key,
                SOON,
                () -> cluster.keysByOwner(List.of(key)).keySet().stream().findFirst()));
    }

    /** A key whose job this node is responsible for. */
    private static String keyFor(NodeProcess node) {
        for (int i = 0; ; i++) {
            String key = "step-" + System.nanoTime() + "-" + i;
            if (tasks.home(idOf(key)) == node) {
                return key;
            }
        }
    }

    /** As the API makes ids of keys, for what is asserted is where they run. */
    private static String idOf(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
