// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.correlator.guarantee.Guarantees;
import io.evenkeel.correlator.http.ApiServer;
import io.evenkeel.correlator.http.ClusterStatus;
import io.evenkeel.correlator.http.ClusterView;
import io.evenkeel.correlator.http.MemoryCatalog;
import io.evenkeel.correlator.http.MemoryHistory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line does with many definitions at once, and what it shows of what happens. */
@Timeout(60)
class CatalogCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FLIGHT = "event: Flight\nfields: {origin: string, delay: integer}\n";
    private static final String LATE = """
            query: late
            parameters: {minDelay: {type: integer, default: 60, minimum: 0}, flights: {type: integer, default: 3}}
            inputs: [{event: Flight, key: [origin], within: 2 hours}]
            epl: |
              select origin, delay from Flight
              where delay >= ?:minDelay and delay > ?:flights
            output: {event: Late, to: "queue:late"}
            """;
    private static final String MINE = "query: late\ninstance: mine\nparameters: {minDelay: 30}\n";

    private final MemoryCatalog catalog = new MemoryCatalog();
    private final MemoryHistory history = new MemoryHistory(100);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ApiServer server;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        ClusterView view = new ClusterView() {
            @Override
            public ClusterStatus status() {
                return new ClusterStatus(
                        "demo",
                        "n1",
                        true,
                        List.of(),
                        catalog.current().revision(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Guarantees.UNKNOWN);
            }

            @Override
            public boolean ready() {
                return true;
            }
        };
        server = new ApiServer(new Http("127.0.0.1", 0), catalog, view, history, () -> "").start();
        Files.createDirectories(folder.resolve("in/side"));
        write("in/side/flight.yaml", FLIGHT);
        write("in/late.yaml", LATE);
        write("in/mine.yml", MINE);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    @DisplayName("apply shows what it will do, does it in one change, and then finds nothing to do")
    void shouldApplyAFolder() {
        assertThat(apply("--dry-run")).isZero();
        assertThat(said())
                .containsExactly(
                        "+ event type Flight",
                        "+ query late",
                        "+ instance late/mine",
                        "nothing was changed (--dry-run)");
        assertThat(catalog.current().revision()).isZero();

        assertThat(apply()).as(err.toString()).isZero();
        assertThat(said()).endsWith("in force on all nodes since revision 1");

        assertThat(apply("--prune")).isZero();
        assertThat(said()).containsExactly("nothing to do: the catalog is as the folder says");
        assertThat(catalog.current().revision()).isEqualTo(1);
    }

    @Test
    @DisplayName("apply names each field that differs; what the folder has not goes only with --prune, users first")
    void shouldShowDifferences() throws IOException {
        apply();
        said();
        write("in/mine.yml", MINE.replace("30", "45") + "---\nquery: late\ninstance: new\n");
        assertThat(run("instance", "put", "late", "old", "--set", "minDelay=5")).isZero();
        said();

        assertThat(apply()).as(err.toString()).isZero();
        assertThat(said())
                .containsExactly(
                        "~ instance late/mine",
                        "    parameters.minDelay: 30 -> 45",
                        "+ instance late/new",
                        "in force on all nodes since revision 3");

        Files.delete(folder.resolve("in/late.yaml"));
        Files.delete(folder.resolve("in/mine.yml"));
        assertThat(apply("--prune", "--output", "json")).as(err.toString()).isZero();
        JsonNode told = json();
        assertThat(told.path("revision").asLong()).isEqualTo(4);
        assertThat(told.path("put")).isEmpty();
        assertThat(told.path("delete").toString())
                .isEqualTo("[\"instance late/old\",\"instance late/new\",\"instance late/mine\",\"query late\"]");
        assertThat(catalog.current().titles()).containsExactly("event type Flight");
    }

    @Test
    @DisplayName("apply refuses what does not fit together before it asks a node, and a folder without documents")
    void shouldRefuseWhatDoesNotFit() throws IOException {
        write("in/mine.yml", MINE.replace("minDelay", "minDelai"));
        assertThat(apply()).isEqualTo(1);
        assertThat(err.toString()).contains("minDelai").doesNotContain("\tat ");
        assertThat(catalog.current().revision()).isZero();

        Files.createDirectories(folder.resolve("empty"));
        assertThat(run("apply", "-f", folder.resolve("empty").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("there are none");
    }

    @Test
    @DisplayName("hundreds of instances of a file are one change: all, or none with the line of each fault")
    void shouldPutHundredsAtOnce() throws IOException {
        apply();
        said();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            many.append("---\nquery: late\ninstance: i")
                    .append(i)
                    .append("\nparameters: {minDelay: ")
                    .append(i)
                    .append("}\n");
        }
        write("many.yaml", many.toString());
        assertThat(put("many.yaml", "--output", "json")).as(err.toString()).isZero();
        assertThat(json().path("etags")).hasSize(300);
        assertThat(catalog.current().revision()).isEqualTo(2);

        write("bad.yaml", many.toString().replace("minDelay: 7}", "minDelay: -7}"));
        assertThat(put("bad.yaml")).isEqualTo(1);
        assertThat(err.toString()).contains("minDelay");
        assertThat(catalog.current().revision()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "values stay as they were written, to the digit: 1.50, 12345678901234567.89 and 007; a second apply finds no difference")
    void shouldKeepValues() throws Exception {
        write("in/price.yaml", """
                query: price
                parameters:
                  low: {type: decimal, default: 1.50}
                  high: {type: decimal, default: 12345678901234567.89}
                  gate: {type: string, default: 007}
                inputs: [{event: Flight, key: [origin], within: 2 hours}]
                epl: select origin from Flight where delay > ?:low and delay < ?:high and origin = ?:gate
                output: {event: Price, to: "queue:price"}
                """);
        String values = "{low: 2.50, high: 12345678901234567.80, gate: 00501}\n";
        write("in/dear.yaml", "query: price\ninstance: dear\nparameters: " + values);
        assertThat(apply()).as(err.toString()).isZero();
        said();

        assertThat(apply()).as(err.toString()).isZero();
        assertThat(said()).containsExactly("nothing to do: the catalog is as the folder says");

        assertThat(run("query", "get", "price")).isZero();
        assertThat(said())
                .anyMatch(line -> line.endsWith(": 1.50"))
                .anyMatch(line -> line.endsWith(": 12345678901234567.89"))
                .anyMatch(line -> line.endsWith(": \"007\""));
        String expected = "{\"gate\":\"00501\",\"high\":12345678901234567.80,\"low\":2.50}";
        assertThat(run("instance", "list", "price", "--output", "json")).isZero();
        assertThat(said()).singleElement().asString().contains(expected);
        run("instance", "put", "price", "set", "--set=low=2.50", "--set=high=12345678901234567.80", "--set=gate=1 2");
        said();
        assertThat(run("instance", "get", "price", "set", "--output", "json")).isZero();
        assertThat(said()).singleElement().asString().contains(expected.replace("00501", "1 2"));

        String step = "changes: [{put: {query: price, instance: plain, parameters: " + values + "}}]";
        HttpRequest change = HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/changes"))
                .header("Content-Type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString(step))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(change, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(run("instance", "get", "price", "plain", "--output", "json")).isZero();
        assertThat(said()).singleElement().asString().contains(expected);
    }

    @Test
    @DisplayName("one client puts all the documents of a command")
    void shouldPutWithOneClient() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            many.append("---\nevent: Many").append(i).append("\nfields: {a: string}\n");
        }
        write("many-types.yaml", many.toString());
        long before = httpClients();

        assertThat(run("event", "put", folder.resolve("many-types.yaml").toString()))
                .as(err.toString())
                .isZero();

        assertThat(catalog.current().eventTypes()).hasSize(20);
        assertThat(httpClients() - before).isLessThan(5);
    }

    /** Each has a thread until it is collected as garbage. */
    private static long httpClients() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("HttpClient-\\d+-SelectorManager"))
                .count();
    }

    @Test
    @DisplayName("watch prints matches and changes a line each, for people and for programs")
    void shouldWatch() throws IOException {
        history.add("a", "b");

        assertThat(run("watch", "--oldest", "--count", "2")).as(err.toString()).isZero();
        assertThat(said()).containsExactly("q/i  key k  E {\"n\":1}", "q/i  key k  E {\"n\":1}");

        assertThat(run("watch", "--query", "q", "--oldest", "--count", "1", "--output", "json"))
                .isZero();
        JsonNode line = json();
        assertThat(line.path("type").asText()).isEqualTo("match");
        assertThat(line.at("/match/id").asText()).isEqualTo("a");
    }

    @Test
    @DisplayName("watch draws a table over and over on a terminal, and lines if it is told to")
    void shouldWatchLive() throws IOException {
        history.add("a", "b");
        System.setProperty("evenkeel.screen", "20 70");
        PrintStream stdout = System.out;
        ByteArrayOutputStream drawn = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(drawn, true, StandardCharsets.UTF_8));
            assertThat(run("watch", "--oldest", "--count", "2"))
                    .as(err.toString())
                    .isZero();
            assertThat(run("watch", "--oldest", "--count", "2", "--lines")).isZero();
        } finally {
            System.setOut(stdout);
            System.clearProperty("evenkeel.screen");
        }
        assertThat(drawn.toString(StandardCharsets.UTF_8))
                .contains("2 matches of 1 instances")
                .containsPattern("q +i +2 ");
        assertThat(said()).containsExactly("q/i  key k  E {\"n\":1}", "q/i  key k  E {\"n\":1}");
    }

    @Test
    @DisplayName("the script for shells knows the commands")
    void shouldComplete() {
        assertThat(CommandLineRun.of(out, err, "completion")).isZero();

        assertThat(out.toString()).startsWith("#!/usr/bin/env bash").contains("complete -F", "watch", "--prune");
    }

    /** What was printed since the last call. */
    private List<String> said() {
        List<String> lines = out.toString().lines().toList();
        out.getBuffer().setLength(0);
        return lines;
    }

    private JsonNode json() throws IOException {
        return JSON.readTree(String.join("\n", said()));
    }

    private int apply(String... options) {
        List<String> all =
                new ArrayList<>(List.of("apply", "-f", folder.resolve("in").toString()));
        all.addAll(List.of(options));
        return run(all.toArray(String[]::new));
    }

    private int put(String file, String... options) {
        List<String> all = new ArrayList<>(
                List.of("instance", "put", "--file", folder.resolve(file).toString()));
        all.addAll(List.of(options));
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--url=" + server.url());
        return CommandLineRun.of(out, err, all.toArray(String[]::new));
    }

    private static final class CommandLineRun {
        static int of(StringWriter out, StringWriter err, String... arguments) {
            CommandLine commandLine = Main.commandLine();
            commandLine.setOut(new PrintWriter(out, true));
            commandLine.setErr(new PrintWriter(err, true));
            return commandLine.execute(arguments);
        }
    }
}
