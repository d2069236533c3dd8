// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.query.DefinitionRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A trial")
class QueryTrialTest {
    private static final String FLIGHTS = """
            event: Flight
            fields: {origin: string, scheduled: timestamp, delay: integer}
            ---
            query: late-airport
            parameters:
              minDelay: {type: integer, default: 60, minimum: 0}
              flights: {type: integer, default: 2, minimum: 2}
            inputs:
              - {event: Flight, key: [origin], within: 2 hours}
            epl: |
              select origin, count(*) as flights, avg(delay) as meanDelay, delay
              from Flight where delay >= ?:minDelay having count(*) >= ?:flights
            output: {event: LateAirport, to: "queue:late"}
            """;

    private static final String SILENCE = """
            event: Reading
            fields: {device: string, at: timestamp}
            ---
            query: silent-device
            inputs:
              - {event: Reading, key: [device], within: 1 hour%s}
            epl: |
              select r.device as device
              from pattern [every r=Reading -> (timer:interval(10 minutes) and not Reading)]
            output: {event: Silent, to: "queue:silent"}
            """;

    private static final TrialDefinitions LATE = TrialDefinitions.parse(FLIGHTS);
    private static final TrialDefinitions SILENT = TrialDefinitions.parse(SILENCE.formatted(""));
    private static final TrialDefinitions SILENT_AT_SOURCE =
            TrialDefinitions.parse(SILENCE.formatted(", timeFrom: at"));

    @Test
    @DisplayName("Q12 runs a query with its defaults against events, key by key, and forgets what has left the window")
    void shouldMatch() {
        try (var trial = new QueryTrial(LATE)) {
            trial.publish("Flight", flight("LHR", 70));
            trial.publish("Flight", flight("CDG", 90));
            trial.publish("Flight", flight("LHR", 10));
            trial.advanceBy(Duration.ofMinutes(119));
            trial.publish("Flight", flight("LHR", 80));
            trial.advanceBy(Duration.ofMinutes(1));
            trial.publish("Flight", flight("LHR", 100));
            trial.advanceBy(Duration.ofHours(2));
            trial.publish("Flight", flight("LHR", 100));

            trial.expect(
                    "{\"key\": \"LHR\", \"cause\": \"e4\", \"at\": \"2026-01-01T01:59:00Z\","
                            + " \"fields\": {\"origin\": \"LHR\", \"flights\": 2, \"meanDelay\": 75, \"delay\": 80}}",
                    "{\"origin\": \"LHR\", \"flights\": 2, \"meanDelay\": 90.0, \"delay\": 100}");
            assertThat(trial.matches("late-airport").get(0).field("meanDelay")).isEqualTo(75.0);
            assertThat(trial.matches().get(0).instance()).hasToString("late-airport/default");
            assertThat(trial.remarks()).isEmpty();
        }
    }

    @Test
    @DisplayName("starts an instance that is put later warm: it knows the events so far and is silent about them")
    void shouldStartInstanceWarm() {
        try (var trial = new QueryTrial(LATE)) {
            trial.publish("Flight", flight("LHR", 30));
            trial.publish("Flight", flight("LHR", 40));
            trial.instance("late-airport", "strict", Map.of("minDelay", 20, "flights", 3));
            trial.publish("Flight", flight("LHR", 50));

            trial.expect("{\"instance\": \"strict\", \"fields\":"
                    + " {\"origin\": \"LHR\", \"flights\": 3, \"meanDelay\": 40, \"delay\": 50}}");
            assertThatThrownBy(() -> trial.instance("late-airport", "lax", Map.of("flights", 1)))
                    .isInstanceOf(DefinitionRefusedException.class)
                    .hasMessageContaining("rule=minimum");
        }
    }

    @Test
    @DisplayName("fires timers at their own instants, so that an absence is found without an event")
    void shouldFindAbsence() {
        try (var trial = new QueryTrial(SILENT)) {
            trial.publish("Reading", Map.of("device", "a"));
            trial.publish("Reading", Map.of("device", "b"));
            trial.advanceBy(Duration.ofMinutes(9));
            trial.publish("Reading", Map.of("device", "a"));
            trial.advanceBy(Duration.ofMinutes(5));
            assertThat(trial.matches()).extracting(TrialMatch::key).containsExactly("b");
            trial.finish();

            trial.expect(
                    "{\"at\": \"2026-01-01T00:10:00Z\", \"cause\": \"\", \"fields\": {\"device\": \"b\"}}",
                    "{\"at\": \"2026-01-01T00:19:00Z\", \"cause\": \"\", \"fields\": {\"device\": \"a\"}}");
        }
    }

    @Test
    @DisplayName("follows source time where a query does: what happened counts, not when it came")
    void shouldFollowSourceTime() {
        try (var trial = new QueryTrial(SILENT_AT_SOURCE)) {
            trial.publishLines("events", """
                    {"device": "a", "at": "2026-03-01T00:00:00Z"}

                    {"event": "Reading", "at": "2026-03-02T00:00:00Z", "fields": {"device": "b", "at": "2026-03-01T00:09:00Z"}}
                    {"event": "Reading", "id": "third", "at": "+1 s", "fields": {"device": "a", "at": "2026-03-01T00:09:59Z"}}
                    {"at": "2026-03-01T00:19:00Z"}
                    {"event": "Reading", "fields": {"device": "a", "at": "2026-03-01T00:18:00Z"}}
                    """);
            assertThat(trial.matches())
                    .hasToString("[2026-03-01T00:19:00Z silent-device/default b {\"device\":\"b\"} (time)]");
            assertThat(trial.remarks()).singleElement().asString().startsWith("late: 1 ");
            assertThat(trial.clock()).isEqualTo(Instant.parse("2026-03-02T00:00:01Z"));
        }
    }

    @Test
    @DisplayName("gives the same matches when the state is lost and replayed at every step")
    void shouldSurviveRestarts() {
        try (var trial = new QueryTrial(SILENT);
                var restarted = new QueryTrial(SILENT)) {
            for (int i = 0; i < 40; i++) {
                trial.publish("Reading", Map.of("device", "d" + i % 3));
                trial.advanceBy(Duration.ofMinutes(i % 7));
                restarted.publish("Reading", Map.of("device", "d" + i % 3));
                restarted.restart();
                restarted.advanceBy(Duration.ofMinutes(i % 7));
                restarted.restart();
            }
            assertThat(trial.matches()).isNotEmpty().isEqualTo(restarted.matches());
        }
    }

    @Test
    @DisplayName("says what differs when a test expects something else")
    void shouldShowDifference() {
        try (var trial = new QueryTrial(LATE)) {
            trial.publish("Flight", flight("LHR", 70));
            trial.publish("Flight", flight("LHR", 80));

            assertThatThrownBy(() -> trial.expect("{\"origin\": \"CDG\"}"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("1 are missing and 1 are unexpected")
                    .hasMessageContaining("  + {\"match\":\"LateAirport\",\"id\":\"late-airport/default|e2@0|0\"")
                    .hasMessageContaining("  - {\"origin\":\"CDG\"}");
            assertThatThrownBy(trial::expect).hasMessageContaining("0 are missing and 1 are unexpected");
        }
    }

    @Test
    @DisplayName("lets a vague expectation leave a match to a strict one")
    void shouldAssignExpectations() {
        try (var trial = new QueryTrial(SILENT)) {
            trial.publish("Reading", Map.of("device", "a"));
            trial.advanceBy(Duration.ofHours(1));
            trial.publish("Reading", Map.of("device", "a"));
            trial.finish();

            trial.expect("{\"device\": \"a\"}", "{\"at\": \"2026-01-01T00:10:00Z\", \"fields\": {\"device\": \"a\"}}");
        }
    }

    @Test
    @DisplayName("refuses lines that are no events, each with its number, and events that a node would reject")
    void shouldRefuseLines() {
        try (var trial = new QueryTrial(LATE)) {
            assertThatThrownBy(() -> trial.publishLines("a.jsonl", """
                            {"origin": "LHR", "dealy": 3}
                            nonsense
                            """))
                    .hasMessageContaining("a.jsonl has a fault")
                    .hasMessageContaining("line 2");
            assertThatThrownBy(() -> trial.publishLines("a.jsonl", """
                            {"origin": "LHR", "dealy": 3}
                            {"event": "Fligth", "fields": {}}
                            {"origin": "LHR", "delay": "long"}
                            """))
                    .hasMessageContaining("line 1, dealy")
                    .hasMessageContaining("known: origin, scheduled, delay")
                    .hasMessageContaining("did you mean Flight?")
                    .hasMessageContaining("line 3, delay");
            assertThatThrownBy(() -> trial.publishLines("a.jsonl", "{\"delay\": 3}"))
                    .hasMessageContaining("line 1: Expected a value in origin");
            assertThatThrownBy(() -> trial.publishLines("a.jsonl", "{\"at\": \"noon\"}"))
                    .hasMessageContaining("such as +5 minutes");
            trial.publish("Flight", flight("LHR", 1));
            trial.advanceBy(Duration.ofSeconds(1));
            assertThatThrownBy(() -> trial.publishAt(QueryTrial.START, "Flight", flight("LHR", 1)))
                    .hasMessageContaining("in the order in which they arrive");
            assertThatThrownBy(() -> trial.publish("Flight", Map.of("orign", "LHR")))
                    .hasMessageContaining("no orign");
        }
    }

    @Test
    @DisplayName("chooses instances by one line of text")
    void shouldChooseInstances() {
        try (var trial =
                new QueryTrial(LATE.choose("strict: minDelay=20, flights=3").choose("late-airport/lax:minDelay=10"))) {
            trial.publish("Flight", flight("LHR", 30));
            trial.publish("Flight", flight("LHR", 30));
            assertThat(trial.matches())
                    .extracting(match -> match.instance().name())
                    .containsExactly("lax");
            trial.publish("Flight", flight("LHR", 30));
            assertThat(trial.matches())
                    .extracting(match -> match.instance().name())
                    .containsExactly("lax", "lax", "strict");
        }
        assertThatThrownBy(() -> LATE.choose("other/x")).hasMessageContaining("known: late-airport");
        assertThatThrownBy(() -> LATE.choose("x:minDelay")).hasMessageContaining("Expected name=value");
    }

    private static Map<String, Object> flight(String origin, int delay) {
        return Map.of("origin", origin, "delay", delay);
    }
}
