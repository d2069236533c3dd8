// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.correlator.guarantee.Guarantees;
import io.evenkeel.correlator.guarantee.Weakening;
import io.evenkeel.correlator.http.ApiServer;
import io.evenkeel.correlator.http.ClusterStatus;
import io.evenkeel.correlator.http.ClusterStatus.Member;
import io.evenkeel.correlator.http.ClusterStatus.ReceiverRow;
import io.evenkeel.correlator.http.ClusterStatus.ShardRow;
import io.evenkeel.correlator.http.ClusterView;
import io.evenkeel.correlator.http.MemoryCatalog;
import io.evenkeel.correlator.http.MemoryHistory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    private static final Path QUERIES = Path.of("../demo/queries");
    private static final String NOBODY = "http://127.0.0.1:1";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ApiServer server;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        ClusterView view = new ClusterView() {
            @Override
            public ClusterStatus status() {
                return new ClusterStatus(
                        "demo",
                        "n1",
                        false,
                        List.of("n2 left"),
                        3,
                        List.of(new Member("n1", "127.0.0.1:5701", null)),
                        List.of(new ShardRow(0, "n1", 1, 1, 0, 1, 0), new ShardRow(1, "n1", 1, 1, 0, 1, 0)),
                        List.of(new ReceiverRow("n1", "flights", "flights", "ACTIVE", 9, 8, 1, 0, 0, null)),
                        Guarantees.of(List.of(), List.of(Weakening.NO_BACKUPS.at("n1", "cluster.backups", "0"))));
            }

            @Override
            public boolean ready() {
                return true;
            }
        };
        server = new ApiServer(new Http("127.0.0.1", 0), new MemoryCatalog(), view, new MemoryHistory(100), () -> "")
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("the demo's definitions are put from their files in one command, and listed")
    void shouldPutAndListDefinitions() {
        assertThat(onNode(
                        "query",
                        "put",
                        file("silent-airport"),
                        file("late-airport"),
                        file("late-again"),
                        file("flight")))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("event type Flight", "query late-airport", "created");

        assertThat(onNode("query", "list")).isZero();
        assertThat(onNode("instance", "put", "late-airport", "mine", "--set", "minDelay=5"))
                .isZero();
        assertThat(onNode("instance", "list", "late-airport")).isZero();
        assertThat(out.toString()).contains("mine", "\"minDelay\":5", "\"flights\":3");
        assertThat(onNode("instance", "delete", "late-airport", "mine")).isZero();
        assertThat(onNode("event", "get", "Flight", "--output", "json")).isZero();
        assertThat(out.toString()).contains("\"scheduled\":\"timestamp\"");
    }

    @Test
    @DisplayName("a fault that the node finds has the line of the file, also in a second document")
    void shouldNameLineOfFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("two.yaml"),
                Files.readString(QUERIES.resolve("flight.yaml"))
                        + "---\nquery: q\ninputs:\n  - {event: Flight, key: [orign], within: 1 hour}\n"
                        + "epl: select * from Flight\noutput: {event: O, to: 'queue:o'}\n");

        assertThat(onNode("query", "put", file.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("line 13, inputs[0].key").contains("did you mean origin?");
        assertThat(err.toString()).doesNotContain("\tat ");
    }

    @Test
    @DisplayName("the next node is asked when one does not answer, and all are named when none does")
    void shouldAskTheNextNode() {
        assertThat(run("cluster", "--url", NOBODY + "," + server.url())).isZero();
        assertThat(out.toString())
                .contains("NOT SAFE", "n2 left", "NO_BACKUPS", "remedy: Set cluster.backups")
                .containsPattern("n1 +127.0.0.1:5701 +- +2")
                .containsPattern("flights +n1 +flights +ACTIVE +8 +1");

        assertThat(run("cluster", "--url", NOBODY)).isEqualTo(1);
        assertThat(err.toString()).contains(NOBODY).contains("Is it running?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "query",
                "instance",
                "event",
                "publish --queue q",
                "receive",
                "node",
                "broker --port x",
                "cluster --output xml",
                "query put",
                "apply"
            })
    @DisplayName("wrong use ends with 2 and says what is right")
    void shouldEndWithTwoOnWrongUse(String line) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).containsPattern("Usage:|Did you mean: evenkeel");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "broker",
                "broker files",
                "node",
                "publish",
                "receive",
                "cluster",
                "query",
                "query put",
                "query check",
                "query explain",
                "instance put",
                "instance list",
                "apply",
                "watch",
                "completion",
                "event delete"
            })
    @DisplayName("each command has help")
    void shouldHelp(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.add("--help");

        assertThat(run(arguments.toArray(String[]::new))).isZero();
        assertThat(out.toString()).contains("Usage: evenkeel " + command);
    }

    @Test
    @DisplayName("a configuration is checked without a start, with all its faults")
    void shouldCheckConfiguration() throws IOException {
        Path good = Files.writeString(folder.resolve("good.yaml"), "node: {name: n1, data: d}\n");
        Path bad = Files.writeString(folder.resolve("bad.yaml"), "node: {nmae: n1}\n");

        assertThat(run("node", "--check", "--config", good.toString())).isZero();
        assertThat(run("node", "--check", "--config", bad.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("bad.yaml has 3 faults").contains("known: name, data, http, roles");
    }

    @Test
    @DisplayName("a missing password is told before a connection is tried")
    void shouldNameMissingPassword() {
        String missing = folder.resolve("none").toString();

        assertThat(run("receive", "--queue", "q", "--password-file", missing)).isEqualTo(1);
        assertThat(err.toString()).contains(missing).contains("--password-file");
    }

    @Test
    @DisplayName(
            "the files of a pair are written, and how to start and to reach it is said; a half-named one is refused")
    void shouldWriteFilesOfBroker() {
        Path to = folder.resolve("pair");

        assertThat(run("broker", "files", "--to", to.toString(), "--pair", "--port", "7001"))
                .isZero();
        assertThat(out.toString())
                .contains("start    " + to.resolve("backup/bin/start"))
                .contains("url      (tcp://127.0.0.1:7001,tcp://127.0.0.1:7002)?ha=true");
        assertThat(to.resolve("backup/bin/start")).isExecutable();
        assertThat(run("broker", "files", "--to", to.toString(), "--backup-port", "7002"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("Expected --pair");
        assertThat(run("broker", "files", "--to", to.toString(), "--key-store", "none"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--key-store-password-file");
        String none = folder.resolve("none").toString();
        assertThat(run(
                        "broker",
                        "files",
                        "--to",
                        to.toString(),
                        "--key-store",
                        none,
                        "--key-store-password-file",
                        none))
                .isEqualTo(1);
        assertThat(err.toString()).contains("there is no " + none);
    }

    @ParameterizedTest
    @DisplayName("a value that an option cannot have is wrong use, with what was wrong")
    @CsvSource(delimiter = '|', textBlock = """
            broker --port 70000                                        | a port from 0 to 65535, but it is 70000
            publish --queue q --event E --file - --rate -1             | --rate of 1 or more, or 0 for no limit, but it is -1
            receive --queue q --timeout soon                           | --timeout
            """)
    void shouldRefuseWrongValues(String words, String told) {
        assertThat(run(words.strip().split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(told);
    }

    @Test
    @DisplayName("a file of events that is a folder, or no UTF-8, is named with what is wrong")
    void shouldNameUnreadableFile() throws IOException {
        Path bytes = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(publish(bytes)).isEqualTo(1);
        assertThat(err.toString()).contains("Expected lines of UTF-8, but " + bytes);
        assertThat(publish(folder)).isEqualTo(1);
        assertThat(err.toString()).contains("Expected to read " + folder);
    }

    private int publish(Path events) throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "none");
        return run(
                "publish",
                "--queue",
                "q",
                "--event",
                "E",
                "--file",
                events.toString(),
                "--password-file",
                password.toString());
    }

    private static String file(String name) {
        return QUERIES.resolve(name + ".yaml").toString();
    }

    private int onNode(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--url=" + server.url());
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
