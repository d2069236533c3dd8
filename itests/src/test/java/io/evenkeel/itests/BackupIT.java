// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.itests.kit.Cli;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.NodeApi;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Tasks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Backups while the nodes that make them die, and what comes of them in another cluster; and what people order. */
@DisplayName("A backup task")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackupIT {
    private static final Seed SEED = Seed.ofRun();
    /** {@code -Devenkeel.kills=10} for the long run. */
    private static final int KILLS = Integer.getInteger("evenkeel.kills", 1);

    private static final int RATE = 200;
    private static final int CANCELLED_EVENTS = 10_000;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration TWO_BACKUPS = Duration.ofMillis(2_500);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TASK = "safe";
    private static final String ABOVE = """
            query: above
            description: "A 'plain' one"
            parameters: {least: {type: integer, default: 50}}
            inputs: [{event: Reading, key: [sensor], within: 1 hour}]
            epl: |
              select id, amount
              from Reading where amount >= ?:least
            output: {event: Above, to: "queue:above"}
            ---
            query: above
            instance: few
            parameters: {least: 90}
            ---
            query: above
            instance: many
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Readings READINGS = new Readings();
    private static final List<String> POSTED = new CopyOnWriteArrayList<>();
    private static Path backups;
    private static HttpServer hook;
    private static Cluster cluster;
    private static Tasks tasks;

    @BeforeAll
    static void start() throws IOException {
        System.out.println("repeat: " + SEED.repeat(BackupIT.class));
        backups = EVIDENCE.folder().resolve("backups");
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", BackupIT::take);
        hook.start();
        cluster = plan().withBatch(100)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withDocuments(ABOVE)
                .withSettings("tasks: {backups: {shared: {folder: \"%s\"}}}%n".formatted(backups))
                .start(EVIDENCE.folder().resolve("first"), SEED);
        cluster.expectErrors("claims mastership but it is not a member");
        tasks = new Tasks(cluster);
    }

    @AfterAll
    static void stop() {
        try {
            cluster.close();
        } finally {
            hook.stop(0);
        }
    }

    @Test
    @Order(1)
    @DisplayName("whose node is killed is gone on with by another; what has the name of a backup is whole")
    void shouldLeaveNothingHalf() throws IOException {
        tasks.put(TASK, "task: safe\nkind: backup\nsettings: {to: shared, every: 1 s, keep: 500}\n");
        Publishing load = publishing(8 * RATE);
        for (int kill = 0; kill < KILLS; kill++) {
            cluster.restartDead();
            awaitBackups(2);
            NodeProcess victim = tasks.awaitRunner(TASK);
            cluster.kill(victim);
            JsonNode slot = tasks.awaitSlot(
                    TASK,
                    "with another node",
                    other -> other.path("state").asText().equals("RUNNING")
                            && !other.path("node").asText().equals(victim.name()));
            System.out.println("backup taken over: " + slot);
            awaitBackups(1);
        }
        load.await(SOON);
        awaitBackups(1);
        assertAllWhole();
    }

    @Test
    @Order(2)
    @DisplayName("that is paused makes none and leaves nothing half, and goes on when it is resumed")
    void shouldPause() throws IOException {
        tasks.order(TASK, "pause");
        tasks.awaitSlot(TASK, "paused", slot -> slot.path("state").asText().equals("PAUSED"));
        cluster.await("nothing half made", SOON, () -> names(".").isEmpty());
        cluster.hold("what was under way", Duration.ofMillis(500));
        int made = names("2").size();
        cluster.hold("its pause", TWO_BACKUPS);
        assertThat(names("2")).hasSize(made);
        assertThat(names(".")).isEmpty();

        tasks.order(TASK, "resume");
        awaitBackups(1);
        assertAllWhole();
    }

    @Test
    @Order(3)
    @DisplayName("gives another, empty cluster the same catalog, and has the events that an export has")
    void shouldBeRestored() throws Exception {
        cluster.awaitDrained();
        awaitBackups(2);
        tasks.order(TASK, "pause");
        Path latest = latest();
        for (String query : List.of("running", "above")) {
            String id = tasks.submit("export-" + query, "job: export\nsettings: {query: %s}\n".formatted(query));
            tasks.awaitJob(id, "DONE");
            List<String> exported = tasks.result(any(), id).lines().toList();
            assertThat(exported).hasSize(READINGS.published());
            assertThat(Files.readAllLines(latest.resolve("history").resolve(query + ".jsonl")))
                    .as(query)
                    .isEqualTo(exported);
        }
        SortedMap<String, String> expected = hashes(any().api());
        assertThat(expected).hasSize(5);

        try (Cluster second = plan().withNodes(1).start(EVIDENCE.folder().resolve("second"), SEED)) {
            NodeApi api = second.nodes().get(0).api();
            assertThat(hashes(api)).isEmpty();
            System.out.println(apply(latest.resolve("catalog"), api));
            assertThat(hashes(api)).isEqualTo(expected);
        }
    }

    @Test
    @Order(4)
    @DisplayName(
            "gives another cluster the catalog and the windows: its matches go on where those of the first one ended")
    void shouldBeGoneOnFrom() throws Exception {
        Path latest = latest();
        Map<String, long[]> sums = new TreeMap<>();
        for (String line : Files.readAllLines(latest.resolve("history/running.jsonl"))) {
            JsonNode reading = JSON.readTree(line).path("fields");
            long[] sum = sums.computeIfAbsent(reading.path("sensor").asText(), sensor -> new long[2]);
            sum[0]++;
            sum[1] += reading.path("amount").asLong();
        }
        List<String> sensors = List.copyOf(sums.keySet());
        assertThat(sensors).hasSizeGreaterThan(20);

        try (Cluster third = plan().withNodes(2)
                .withArguments("--restore", latest.toString())
                // The folder gives the cluster its name, which must be that of the first one.
                .start(EVIDENCE.folder().resolve("again").resolve("first"), SEED)) {
            assertThat(hashes(third.nodes().get(0).api())).isEqualTo(hashes(any().api()));
            for (int round = 1; round <= 2; round++) {
                int now = round;
                third.publish(
                        "readings",
                        sensors.stream()
                                .map(sensor -> "{\"id\":\"%s-after-%d\",\"sensor\":\"%s\",\"seq\":%d,\"amount\":10}"
                                        .formatted(sensor, now, sensor, 1_000 + now))
                                .toList());
                third.awaitMatches(round * sensors.size(), SOON);
                for (ReceivedMatch match : third.matches()) {
                    JsonNode body = JSON.readTree(match.body());
                    long[] before =
                            Objects.requireNonNull(sums.get(body.path("sensor").asText()));
                    int after = body.path("seq").asInt() - 1_000;
                    assertThat(body.path("n").asLong()).as(match.body()).isEqualTo(before[0] + after);
                    assertThat(body.path("total").asLong()).as(match.body()).isEqualTo(before[1] + 10L * after);
                }
                // What was restored has its copy, too; and a node that starts again restores nothing twice.
                NodeProcess victim = third.nodes().get(0);
                third.kill(victim);
                third.restart(victim);
            }
            third.awaitDrained();
            assertThat(third.matches()).hasSize(2 * sensors.size());
        }
    }

    @Test
    @Order(5)
    @DisplayName("T9 (a forward task) posts each match to a web hook, in order of first sight, whoever dies")
    void shouldPostEachMatch() {
        cluster.restartDead();
        tasks.put(
                "to-hook",
                "task: to-hook\nkind: forward\nsettings: {query: running, hook: \"http://127.0.0.1:%d/\"}\n"
                        .formatted(hook.getAddress().getPort()));
        for (int kill = 0; kill < KILLS; kill++) {
            cluster.restartDead();
            Publishing load = publishing(8 * RATE);
            awaitPosts(POSTED.size() + 100);
            NodeProcess victim = tasks.awaitRunner("to-hook");
            cluster.kill(victim);
            awaitPosts(POSTED.size() + 100);
            load.await(SOON);
        }
        cluster.awaitDrained();
        cluster.awaitRead();
        List<ReceivedMatch> matches = cluster.matches().stream()
                .filter(match -> match.instance().equals(Readings.RUNNING_INSTANCE))
                .toList();
        cluster.await("all matches at the hook", SOON, () -> Set.copyOf(POSTED).size() >= matches.size());

        Set<String> first = new LinkedHashSet<>(POSTED);
        System.out.println("hook: matches=" + matches.size() + " posted=" + POSTED.size() + " seed=" + SEED);
        assertThat(matches).hasSize(READINGS.published());
        assertThat(first)
                .containsExactlyInAnyOrderElementsOf(
                        matches.stream().map(ReceivedMatch::matchId).toList());
        Map<String, Lane> lanes =
                matches.stream().collect(Collectors.toMap(ReceivedMatch::matchId, ReceivedMatch::lane));
        assertThat(first.stream().collect(Collectors.groupingBy(id -> Objects.requireNonNull(lanes.get(id)))))
                .isEqualTo(matches.stream()
                        .collect(Collectors.groupingBy(
                                ReceivedMatch::lane, Collectors.mapping(ReceivedMatch::matchId, Collectors.toList()))));
    }

    @Test
    @Order(6)
    @DisplayName("(a job) that is cancelled ends before it is done, and has no result")
    void shouldCancel() {
        String id = tasks.submit("cancelled", backtest());
        tasks.awaitJob(id, "RUNNING");
        assertThat(tasks.jobOrder(id, "cancel").status()).isEqualTo(200);
        JsonNode cancelled = tasks.awaitJob(id, "CANCELLED");
        assertThat(cancelled.path("done").asInt()).isLessThan(CANCELLED_EVENTS);
        cluster.hold("its end", Duration.ofSeconds(1));
        assertThat(tasks.job(id)).contains(cancelled);
        any().api().get("/api/v1/jobs/" + id + "/result").orElseThrow().expect(409);
    }

    // ---- the test's own

    private static ClusterPlan plan() {
        return aCluster().withShards(8).withInput("readings", "Reading").withOutput("running", "above");
    }

    private static NodeProcess any() {
        return cluster.nodes().stream().filter(NodeProcess::isAlive).findFirst().orElseThrow();
    }

    private static Publishing publishing(int count) {
        List<String> lines = READINGS.lines(count, 40, SEED.random("load" + READINGS.published()));
        return cluster.publishing("readings", lines, RATE);
    }

    private static void take(HttpExchange call) throws IOException {
        call.getRequestBody().readAllBytes();
        POSTED.add(String.valueOf(call.getRequestHeaders().getFirst("Idempotency-Key")));
        call.sendResponseHeaders(204, -1);
        call.close();
    }

    private static void awaitPosts(int count) {
        cluster.await(count + " posts", SOON, () -> POSTED.size() >= count);
    }

    /** Until so many more are there. */
    private static void awaitBackups(int more) {
        int count = names("2").size() + more;
        cluster.await(count + " backups in " + backups, SOON, () -> names("2").size() >= count);
    }

    /** Of what is in the folder of the task and begins so; in order. */
    private static List<String> names(String prefix) {
        Path folder = backups.resolve(TASK);
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("Expected to list " + folder + ", but: " + e, e);
        }
    }

    private static Path latest() {
        List<String> all = names("2");
        return backups.resolve(TASK).resolve(all.get(all.size() - 1));
    }

    private static void assertAllWhole() throws IOException {
        List<String> all = names("2");
        for (String name : all) {
            Path backup = backups.resolve(TASK).resolve(name);
            JsonNode manifest = JSON.readTree(backup.resolve("manifest.json").toFile());
            Set<String> named = new TreeSet<>(Set.of("manifest.json"));
            for (JsonNode file : manifest.path("files")) {
                named.add(file.path("file").asText());
                byte[] bytes =
                        Files.readAllBytes(backup.resolve(file.path("file").asText()));
                assertThat((long) bytes.length)
                        .as(name)
                        .isEqualTo(file.path("bytes").asLong());
                assertThat(hashOf(bytes)).as(name).isEqualTo(file.path("sha256").asText());
            }
            try (Stream<Path> files = Files.walk(backup)) {
                assertThat(files.filter(Files::isRegularFile)
                                .map(file -> backup.relativize(file).toString()))
                        .as(name)
                        .containsExactlyInAnyOrderElementsOf(named);
            }
        }
        System.out.println("backups: " + all.size() + " whole seed=" + SEED);
    }

    private static String hashOf(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The hash of each definition, as its ETag ends. */
    private static SortedMap<String, String> hashes(NodeApi api) {
        SortedMap<String, String> hashes = new TreeMap<>();
        note(api, "/api/v1/events", hashes);
        for (String query : note(api, "/api/v1/queries", hashes)) {
            note(api, "/api/v1/queries/" + query + "/instances", hashes);
        }
        return hashes;
    }

    private static List<String> note(NodeApi api, String path, SortedMap<String, String> hashes) {
        JsonNode rows = api.get(path).orElseThrow().expect(200).json();
        return IntStream.range(0, rows.size())
                .mapToObj(i -> {
                    JsonNode definition = rows.path(i).path("definition");
                    String name = Stream.of("instance", "query", "event")
                            .map(field -> definition.path(field).asText())
                            .filter(text -> !text.isEmpty())
                            .findFirst()
                            .orElseThrow();
                    String etag = rows.path(i).path("etag").asText();
                    hashes.put(path + "/" + name, etag.substring(etag.lastIndexOf('-') + 1));
                    return name;
                })
                .toList();
    }

    private static String apply(Path folder, NodeApi api) {
        Cli.Said said = new Cli(EVIDENCE.folder().resolve("apply"))
                .start(List.of("apply", "-f", folder.toString(), "--url", api.url()))
                .end(SOON);
        assertThat(said.exitCode()).as(said.text()).isZero();
        return said.text();
    }

    /** That takes its time: each event is compared with all before it. */
    private static String backtest() {
        return """
                job: backtest
                attempts: 3
                settings:
                  definitions: |
                    event: Reading
                    fields: {id: string, unit: string, amount: integer}
                    ---
                    query: spread
                    inputs: [{event: Reading, key: [unit], within: 1 hour}]
                    epl: |
                      select b.id as id
                      from pattern [every a=Reading -> (b=Reading(amount * a.amount = -1) where timer:within(1 hour))]
                    output: {event: Spread, to: "queue:spread"}
                  events: |
                """
                + IntStream.range(0, CANCELLED_EVENTS)
                        .mapToObj(i -> "    {\"id\":\"e%d\",\"unit\":\"u\",\"amount\":%d}%n".formatted(i, i))
                        .collect(Collectors.joining());
    }
}
