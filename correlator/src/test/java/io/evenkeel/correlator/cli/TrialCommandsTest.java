// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@DisplayName("Q12 query check and query explain on sample events, without a node:")
class TrialCommandsTest {
    private static final Path CARDS = Path.of("..", "queries", "card-velocity");
    private static final Path SENSORS = Path.of("..", "queries", "silent-sensor");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    @DisplayName("check prints the matches with their instances, keys and causes")
    void shouldPrintMatches() {
        assertThat(onFolder("check", CARDS)).as(err.toString()).isZero();

        assertThat(out.toString())
                .containsPattern("# +at +instance +key +cause +match")
                .containsPattern("2026-01-05T10:09:59Z +card-velocity/consumer +c1 +p5 +\\{\"card\":\"c1\"")
                .contains("ok: 8 events, 4 matches");
    }

    @Test
    @DisplayName("what check prints as JSON is what --expect reads; absences are in it")
    void shouldReadBackWhatItPrints() throws IOException {
        assertThat(onFolder("check", SENSORS, "--output", "json"))
                .as(err.toString())
                .isZero();
        Path printed = Files.writeString(folder.resolve("printed.jsonl"), out.toString());
        assertThat(out.toString().lines()).hasSize(6).allMatch(line -> line.contains("\"cause\":\"\""));

        assertThat(onFolder("check", SENSORS, "--expect", printed.toString())).isZero();
        assertThat(onFolder(
                        "check",
                        SENSORS,
                        "--expect",
                        SENSORS.resolve("expected.jsonl").toString()))
                .isZero();
        assertThat(out.toString()).contains("ok: 4 events, 6 matches, as expected");
    }

    @Test
    @DisplayName("check ends with 1 and the difference if other matches were expected")
    void shouldShowDifference() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(CARDS.resolve("expected.jsonl")));
        lines.set(0, lines.get(0).replace("\"payments\":4", "\"payments\":5"));
        Path wrong = Files.write(folder.resolve("wrong.jsonl"), lines);

        assertThat(onFolder("check", CARDS, "--expect", wrong.toString())).isEqualTo(1);

        assertThat(err.toString())
                .contains("1 are missing and 1 are unexpected")
                .containsPattern("\\+ .*\"payments\":4")
                .containsPattern("- .*\"payments\":5");
    }

    @Test
    @DisplayName(
            "check tries an instance of the command line in place of those of the files, and lets time pass as told")
    void shouldTryInstance() {
        assertThat(onFolder(
                        "check",
                        SENSORS,
                        "--instance",
                        "silent-sensor/mine:quiet=50 minutes",
                        "--until",
                        "2026-01-05T11:20:00Z"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .containsPattern("2026-01-05T10:50:30Z +silent-sensor/mine +s2 +\\(time\\)")
                .containsPattern("2026-01-05T11:15:00Z +silent-sensor/mine +s1 +\\(time\\)")
                .contains("2 matches");

        assertThat(onFolder("check", SENSORS, "--instance", "silent-sensor/mine:quiet=2 hours"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("Expected quiet to be at most 1 hour");
    }

    @Test
    @DisplayName("check names the line of an event that fits no type, and asks for events where it needs them")
    void shouldNameFaults() throws IOException {
        Path events = Files.writeString(folder.resolve("events.jsonl"), "\n{\"card\": \"c1\", \"amuont\": 3}\n");
        String query = CARDS.resolve("query.yaml").toString();

        assertThat(run("query", "check", query, "--events", events.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("line 2, amuont").contains("did you mean amount?");
        assertThat(run("query", "check", query, "--expect", events.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("Expected --events FILE beside --expect");
        assertThat(run("query", "explain", query, "--key", "c1")).isEqualTo(2);
        assertThat(err.toString()).contains("Expected --events FILE, but there is none");
        assertThat(run("query", "explain", query, "--events", events.toString()))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("explain names the events that made a match, by its number or its id")
    void shouldExplainMatch() {
        assertThat(onFolder("explain", CARDS, "--match", "2"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("card-velocity/consumer|p6@0|0 at 2026-01-05T10:11:00Z, key c2")
                .contains("made by 2 events, of which none can be left out")
                .containsPattern("\\* +p3 ")
                .containsPattern("\\* +p6 ");

        assertThat(onFolder("explain", CARDS, "--match", "card-velocity/company|p8@0|0", "--output", "json"))
                .isZero();
        assertThat(out.toString())
                .containsPattern("\"events\":\\[\\{\"event\":\"CardPayment\",\"id\":\"p6\".*\"id\":\"p8\"");
        assertThat(onFolder("explain", CARDS, "--match", "9")).isEqualTo(1);
        assertThat(err.toString()).contains("there are 4 others: card-velocity/consumer|p5@0|0");
    }

    @Test
    @DisplayName("explain shows the window of a key as it is after the last event")
    void shouldShowWindow() {
        assertThat(onFolder("explain", CARDS, "--key", "c2")).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("p6 +2026-01-05T10:11:00Z +CardPayment")
                .contains("2 events in the window at 2026-01-05T10:20:00Z")
                .doesNotContain("p3");

        assertThat(onFolder("explain", CARDS, "--key", "c3")).isEqualTo(1);
        assertThat(err.toString()).contains("'c3' is none; did you mean c1?");
    }

    private int onFolder(String command, Path of, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "query",
                command,
                of.resolve("query.yaml").toString(),
                "--events",
                of.resolve("events.jsonl").toString()));
        words.addAll(List.of(more));
        return run(words.toArray(String[]::new));
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
