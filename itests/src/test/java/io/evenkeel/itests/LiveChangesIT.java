// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each test has a query of its own; all read the same events. */
@DisplayName("The catalog, while events flow:")
class LiveChangesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SENSORS = 40;
    private static final int SLOW_SECONDS = 10;
    /**
     * Who waited for the slow change waited for 10 s. Half of that on a machine of one's own: {@code -Devenkeel.strict=true}; a
     * busy one is given more.
     */
    private static final Duration MOST_WAIT = Duration.ofSeconds(Limits.strictly(5, 8));

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static Cluster cluster;
    private static int published;

    @BeforeAll
    static void start() {
        Seed seed = Seed.ofRun();
        cluster = aCluster()
                .withShards(16)
                .withOptions("-Devenkeel.fault=SLOW_COMPILE:slow:" + SLOW_SECONDS)
                .withDocuments("""
                        event: Reading
                        fields: {id: string, sensor: string, amount: integer}
                        ---
                        query: beat
                        inputs: [{event: Reading, key: [sensor], within: 1 minute}]
                        epl: select id from Reading
                        output: {event: Beat, to: "queue:out"}
                        """)
                .withInput("readings", "Reading")
                .withOutput("out")
                .start(EVIDENCE.folder(), seed);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String query(String name, String epl) {
        return """
                query: %s
                parameters: {least: {type: integer, default: 0}}
                inputs: [{event: Reading, key: [sensor], within: 1 hour}]
                epl: %s
                output: {event: Out, to: "queue:out"}
                """.formatted(name, epl);
    }

    private static Answer change(int node, String method, String path, String yaml) {
        return cluster.node("node-" + node).api().change(method, path, yaml);
    }

    private static Answer get(String path) {
        return cluster.node("node-1").api().get(path).orElseThrow();
    }

    /** One event of each sensor; returns the ids. */
    private static List<String> publishToAll(int amount) {
        List<String> ids = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < SENSORS; i++) {
            String id = "e" + ++published;
            ids.add(id);
            lines.add("{\"id\":\"%s\",\"sensor\":\"s%d\",\"amount\":%d}".formatted(id, i, amount));
        }
        cluster.publish("readings", lines);
        return ids;
    }

    private static List<String> bodies(String instance) {
        return cluster.matches().stream()
                .filter(match -> match.instance().equals(instance))
                .map(ReceivedMatch::body)
                .toList();
    }

    @Test
    @DisplayName("D1 what is created, edited or deleted is so for keys of every node by the time of the answer")
    void shouldBeSoOnEveryNode() {
        change(1, "PUT", "/api/v1/queries/one", query("one", "select id from Reading where amount >= ?:least"))
                .expect(201);
        String path = "/api/v1/queries/one/instances/i";
        List<String> expected = new ArrayList<>();

        change(2, "PUT", path, "{query: one, instance: i, parameters: {least: 5}}")
                .expect(201);
        expected.addAll(publishToAll(5));
        change(3, "PUT", path, "{query: one, instance: i, parameters: {least: 7}}")
                .expect(200);
        publishToAll(5);
        expected.addAll(publishToAll(7));
        change(1, "DELETE", path, "").expect(204);
        publishToAll(9);
        cluster.awaitDrained();

        assertThat(bodies("one/i"))
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().map(id -> "{\"id\":\"" + id + "\"}").toList());
        TreeSet<String> owners = new TreeSet<>();
        for (JsonNode shard : cluster.status().orElseThrow().path("shards")) {
            owners.add(shard.path("owner").asText());
        }
        assertThat(owners).containsExactly("node-1", "node-2", "node-3");
    }

    @Test
    @DisplayName(
            "D9 F19 a query that is edited under load, also while the receiver dies, counts on, and each key goes over to the new"
                    + " version at one event")
    void shouldSwapVersionsAtOnePoint() {
        int events = 3_000;
        int last = events + SENSORS;
        String path = "/api/v1/queries/count";
        change(1, "PUT", path, query("count", "select id, count(*) as n, 1 as v from Reading where amount >= ?:least"))
                .expect(201);
        change(1, "PUT", path + "/instances/i", "{query: count, instance: i, parameters: {least: 77}}")
                .expect(201);
        List<String> lines = IntStream.range(0, last)
                .mapToObj(i -> "{\"id\":\"d%d\",\"sensor\":\"s%d\",\"amount\":77}".formatted(i, i % SENSORS))
                .toList();
        Publishing load = cluster.publishing("readings", lines.subList(0, events), 400);
        for (int version = 2; version <= 3; version++) {
            cluster.awaitPublished(load, events * (version - 1) / 3);
            if (version == 3) {
                cluster.kill(cluster.awaitActiveReceiver("readings"));
            }
            NodeProcess survivor = cluster.nodes().stream()
                    .filter(NodeProcess::isAlive)
                    .reduce((first, second) -> second)
                    .orElseThrow();
            Answer edited = survivor.api()
                    .change(
                            "PUT",
                            path,
                            query(
                                    "count",
                                    "select id, count(*) as n, " + version
                                            + " as v from Reading where amount >= ?:least"))
                    .expect(200);
            assertThat(edited.header("ETag")).startsWith("\"" + version + "-");
        }
        load.await(SOON);
        cluster.restartDead();
        cluster.publish("readings", lines.subList(events, last));
        cluster.awaitDrained();

        Pattern form = Pattern.compile("\\{\"id\":\"d(\\d+)\",\"n\":(\\d+),\"v\":(\\d)}");
        Map<String, Integer> counts = new HashMap<>();
        Map<String, Integer> versions = new HashMap<>();
        TreeSet<Integer> seen = new TreeSet<>();
        int matches = 0;
        for (ReceivedMatch match : cluster.matches()) {
            if (match.instance().equals("count/i")) {
                Matcher body = form.matcher(match.body());
                assertThat(body.matches()).as(match.toString()).isTrue();
                int number = Integer.parseInt(body.group(1));
                int version = Integer.parseInt(body.group(3));
                assertThat(Integer.parseInt(body.group(2)))
                        .as("count of %s", match)
                        .isEqualTo(number / SENSORS + 1)
                        .isEqualTo(counts.merge(match.key(), 1, Integer::sum));
                assertThat(version)
                        .as("version of %s", match)
                        .isGreaterThanOrEqualTo(versions.getOrDefault(match.key(), 1));
                versions.put(match.key(), version);
                seen.add(version);
                matches++;
            }
        }
        assertThat(matches).isEqualTo(last);
        // How many events the second one saw, the machine decides.
        assertThat(seen).contains(1, 3);
    }

    @Test
    @DisplayName("D9 the same definition again changes nothing: the revision and the version stay")
    void shouldNotChangeWhatIsTheSame() {
        String same = query("same", "select id from Reading where amount < ?:least");
        change(1, "PUT", "/api/v1/queries/same", same).expect(201);
        Answer before = get("/api/v1/queries/same");
        long revision = get("/api/v1/cluster").json().path("catalogRevision").asLong();

        assertThat(revision).isPositive();
        change(2, "PUT", "/api/v1/queries/same", "# a comment\n" + same).expect(200);

        assertThat(get("/api/v1/queries/same").header("ETag")).isEqualTo(before.header("ETag"));
        assertThat(get("/api/v1/cluster").json().path("catalogRevision").asLong())
                .isEqualTo(revision);
    }

    @Test
    @DisplayName("D8 a query that takes long to compile delays no event of others, no heartbeat and no other change")
    void shouldNotWaitForTheCompiler() {
        // All nodes compile it at the same time, once the one that was asked has.
        int events = 2 * SLOW_SECONDS * 50;
        List<String> lines = IntStream.range(0, events)
                .mapToObj(i -> "{\"id\":\"h%d\",\"sensor\":\"s%d\",\"amount\":1}".formatted(i, i % SENSORS))
                .toList();
        Publishing load = cluster.publishing("readings", lines, 50);
        long begun = System.nanoTime();
        CompletableFuture<Answer> slow = CompletableFuture.supplyAsync(() -> change(
                1, "PUT", "/api/v1/queries/slow", query("slow", "select id from Reading where amount < ?:least")));
        int changes = 0;
        long slowestNanos = 0;
        while (!slow.isDone() && !load.isDone()) {
            String type = "Meanwhile" + ++changes;
            long asked = System.nanoTime();
            change(1 + changes % 3, "PUT", "/api/v1/events/" + type, "event: " + type + "\nfields: {a: long}\n")
                    .expect(201);
            slowestNanos = Math.max(slowestNanos, System.nanoTime() - asked);
            assertThat(get("/api/v1/cluster").json().path("members")).hasSize(3);
        }
        slow.join().expect(201);
        long took = System.nanoTime() - begun;
        load.await(SOON);
        cluster.awaitDrained();

        assertThat(Duration.ofNanos(took)).isGreaterThanOrEqualTo(Duration.ofSeconds(SLOW_SECONDS));
        long silence = cluster.silence(begun, match -> match.instance().equals("beat/default"));
        System.out.println("D8 changes=" + changes + " slowTookMs=" + took / 1_000_000 + " longestSilenceMs=" + silence
                + " slowestChangeMs=" + slowestNanos / 1_000_000);
        assertThat(changes).isGreaterThan(2);
        assertThat(Duration.ofNanos(slowestNanos)).as("another change").isLessThan(MOST_WAIT);
        assertThat(Duration.ofMillis(silence)).as("silence").isLessThan(MOST_WAIT);
    }

    @Test
    @DisplayName(
            "X8 changes of the same two definitions in opposite order, through two nodes at once, never wait for each other")
    void shouldNotDeadlock() {
        String[] names = {"Left", "Right"};
        for (int round = 1; round <= 15; round++) {
            int value = round;
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int side = 0; side < 2; side++) {
                int first = side;
                answers.add(CompletableFuture.supplyAsync(() -> change(
                        1 + first,
                        "POST",
                        "/api/v1/changes",
                        "changes:\n" + type(names[first], value, first) + type(names[1 - first], value, first))));
            }
            answers.forEach(answer -> answer.join().expect(200));
            String fields = get("/api/v1/events/Left").json().path("fields").toString();
            assertThat(get("/api/v1/events/Right").json().path("fields").toString())
                    .as("both of one change, in round %d", round)
                    .isEqualTo(fields);
        }
    }

    private static String type(String name, int round, int side) {
        return "  - put: {event: %s, fields: {round%d_%d: long}}%n".formatted(name, round, side);
    }
}
