// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.kit.Cli;
import io.evenkeel.itests.kit.Cli.Said;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.query.json.ExactJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator types, against real nodes. */
@DisplayName("The command line, on a running cluster,")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int EVENTS = 40;
    private static final String TYPE = "event: Reading\nfields: {id: string, sensor: string, amount: integer}\n";
    private static final String QUERY = """
            query: high
            parameters: {least: {type: integer, default: 0}}
            inputs: [{event: Reading, key: [sensor], retain: 100}]
            epl: select id, count(*) as n from Reading where amount >= ?:least
            output: {event: High, to: "queue:high"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;
    private static Cli cli;

    @BeforeAll
    static void start() {
        cluster = aCluster()
                .withNodes(2)
                .withShards(8)
                .withInput("readings", "Reading")
                .withOutput("high")
                .start(EVIDENCE.folder(), SEED);
        cli = new Cli(EVIDENCE.folder().resolve("commands"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "puts, shows, applies and deletes definitions; what is refused is told in a sentence, with exit code 1")
    void shouldChangeTheCatalog() throws IOException {
        Path folder = Files.createDirectories(EVIDENCE.folder().resolve("definitions"));
        Path type = Files.writeString(folder.resolve("reading.yaml"), TYPE);
        Path query = Files.writeString(folder.resolve("high.yaml"), QUERY);
        Files.writeString(folder.resolve("all.yaml"), "query: high\ninstance: all\nparameters: {least: 0}\n");

        assertThat(done("event", "put", type.toString())).contains("created");
        assertThat(done("query", "put", query.toString())).contains("high", "created");
        assertThat(done("apply", "-f", folder.toString(), "--dry-run")).contains("all");
        assertThat(done("instance", "list", "high")).doesNotContain("all");
        done("apply", "-f", folder.toString());
        done("instance", "put", "high", "some", "--set", "least=50");
        JsonNode instances = json("instance", "list", "high");
        assertThat(instances.findValuesAsText("instance")).containsExactlyInAnyOrder("all", "some");
        assertThat(json("instance", "get", "high", "some")
                        .at("/parameters/least")
                        .asInt())
                .isEqualTo(50);

        assertThat(refused("query", "delete", "high")).contains("high");
        assertThat(refused("instance", "put", "high", "bad", "--set", "least=many"))
                .contains("least", "many");
        assertThat(refused("query", "get", "low")).contains("Expected query low to exist, but it does not.");
        done("instance", "delete", "high", "some");
        Path copy =
                Files.writeString(EVIDENCE.folder().resolve("copy.yaml"), QUERY.replace("query: high", "query: copy"));
        done("query", "put", copy.toString());
        done("instance", "put", "copy", "some", "--set", "least=50");
        assertThat(refused("query", "delete", "copy")).contains("some");
        done("query", "delete", "copy", "--cascade");
        assertThat(refused("query", "get", "copy")).contains("Expected query copy to exist");
        assertThat(json("cluster").path("members")).hasSize(2);
    }

    @Test
    @Order(2)
    @DisplayName("T8 puts, pauses, reads and deletes tasks, and pins those that nodes run")
    void shouldHandleTasks() throws IOException {
        cluster.publish(
                "readings",
                IntStream.range(0, EVENTS)
                        .mapToObj(i ->
                                "{\"id\":\"e%d\",\"sensor\":\"s%d\",\"amount\":%d}".formatted(i, i % 5, 10 * (i % 10)))
                        .toList());
        cluster.awaitMatches(EVENTS, LIMIT);
        Path mine = Files.writeString(
                EVIDENCE.folder().resolve("mine.yaml"), "{task: mine, kind: subscription, settings: {query: high}}");
        Path hook = Files.writeString(
                EVIDENCE.folder().resolve("hook.yaml"),
                "{task: hook, kind: forward, settings: {hook: 'http://127.0.0.1:1/'}}");

        assertThat(done("task", "put", "--file", mine.toString())).contains("mine", "subscription");
        List<String> read =
                done("task", "read", "mine", "--count", "30").lines().toList();
        List<String> rest =
                done("task", "read", "mine", "--timeout", "2 s").lines().toList();
        assertThat(read).hasSize(30);
        assertThat(rest).hasSize(EVENTS - 30).doesNotContainAnyElementsOf(read);
        assertThat(refused("task", "pin", "mine", "node-1")).contains("read on any node");
        done("task", "pause", "mine");
        assertThat(refused("task", "read", "mine")).contains("is paused. Resume it.");
        done("task", "resume", "mine");

        done("task", "put", "--file", hook.toString());
        assertThat(done("task", "pin", "hook", "node-2")).contains("node-2");
        assertThat(refused("task", "pin", "hook", "node-9")).contains("there never was one named node-9");
        cluster.await(
                "the task to be on its node",
                LIMIT,
                () -> slotOf("hook").path("node").asText().equals("node-2"));
        assertThat(done("task", "unpin", "hook")).doesNotContain("PAUSED");
        done("task", "pause", "hook");
        assertThat(slotOf("hook").path("state").asText()).isEqualTo("PAUSED");
        assertThat(json("task", "list").findValuesAsText("task")).containsExactly("hook", "mine");
        done("task", "delete", "hook");
        assertThat(refused("task", "get", "hook")).contains("Expected task hook to exist, but it does not.");
    }

    @Test
    @Order(3)
    @DisplayName(
            "J4 submits a job and waits for it, shows it, gets its result, and is refused what cannot be done with it")
    void shouldHandleJobs() throws IOException {
        Path export =
                Files.writeString(EVIDENCE.folder().resolve("export.yaml"), "{job: export, settings: {query: high}}");
        Path trial = Files.writeString(
                EVIDENCE.folder().resolve("trial.yaml"),
                TYPE + "---\n" + QUERY + "---\n" + "query: high\ninstance: most\nparameters: {least: 90}\n");

        JsonNode exported =
                json("job", "submit", "--file", export.toString(), "--wait").path(0);
        assertThat(exported.path("state").asText()).isEqualTo("DONE");
        String id = exported.path("id").asText();
        assertThat(done("job", "result", id).lines()).hasSize(EVENTS);
        JsonNode back = json("job", "submit", "--backtest", trial.toString(), "--history", "high", "--wait")
                .path(0);
        assertThat(done("job", "result", back.path("id").asText()).lines()).hasSize(EVENTS / 10);

        assertThat(refused("job", "retry", id)).contains("Expected a job that failed or was cancelled");
        assertThat(json("job", "get", id).path("state").asText()).isEqualTo("DONE");
        assertThat(json("job", "list").findValuesAsText("id")).contains(id);
        assertThat(refused("job", "result", "none")).contains("Expected job none to exist");
    }

    private static JsonNode slotOf(String task) {
        return json("task", "get", task).path("slots").path(0);
    }

    private static String done(String... arguments) {
        return said(0, arguments);
    }

    private static String refused(String... arguments) {
        return said(1, arguments);
    }

    private static JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--output", "json"));
        String text = said(0, all.toArray(String[]::new));
        try {
            return ExactJson.MAPPER.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("Expected JSON of " + all + ", but it said: " + text, e);
        }
    }

    private static String said(int exitCode, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--url",
                String.join(
                        ",",
                        cluster.nodes().stream().map(node -> node.api().url()).toList())));
        Said said = cli.start(all).end(LIMIT);
        assertThat(said.exitCode()).as("%s said: %s", all, said.text()).isEqualTo(exitCode);
        assertThat(said.text()).as("%s", all).doesNotContain("\tat ", "Exception");
        return said.text();
    }
}
