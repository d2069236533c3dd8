// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Q12 explain")
class ExplainerTest {
    private static final TrialDefinitions PAIR = definitions(
            "select a.v as low, b.v as high from pattern [every a=A(v > 5) -> b=A(v > a.v) where timer:within(30 sec)]");
    private static final TrialDefinitions SUM = definitions("select sum(v) as total from A having sum(v) >= 100");
    private static final TrialDefinitions SILENCE = definitions(
            "select a.v as v from pattern [every a=A(v > 5) -> (timer:interval(20 sec) and not A(v <= 5))]");

    private static TrialDefinitions definitions(String epl) {
        return TrialDefinitions.parse("""
                event: A
                fields: {k: string, v: integer}
                ---
                query: q
                inputs: [{event: A, key: [k], within: 1 minute}]
                epl: %s
                output: {event: M, to: "queue:m"}
                """.formatted(epl));
    }

    @Test
    @DisplayName("names the two events of a sequence among many of their key, and none of another key")
    void shouldExplainSequence() {
        try (var trial = new QueryTrial(PAIR)) {
            for (int v : new int[] {1, 6, 2, 6, 3, 9, 4}) {
                trial.publish("A", Map.of("k", "x", "v", v));
                trial.publish("A", Map.of("k", "y", "v", 1));
                trial.advanceBy(Duration.ofSeconds(1));
            }
            assertThat(trial.matches()).hasSize(2);

            Explanation first = trial.explain(trial.matches().get(0));
            Explanation second = trial.explain(trial.matches().get(1));

            assertThat(first.minimal()).isTrue();
            // Two matches with the same fields: either first event makes them.
            assertThat(first.ids()).hasSize(2).endsWith("e11").containsAnyOf("e3", "e7");
            assertThat(second.ids()).hasSize(2).endsWith("e11").containsAnyOf("e3", "e7");
            assertThat(first.window().events())
                    .hasSize(6)
                    .allMatch(event -> event.event().values()[0].equals("x"));
        }
    }

    @Test
    @DisplayName("names for a sum the events that are in it")
    void shouldExplainSum() {
        try (var trial = new QueryTrial(SUM)) {
            for (int v : new int[] {90, 0, 40, 0, 0, 60}) {
                trial.publish("A", Map.of("k", "x", "v", v));
                trial.advanceBy(Duration.ofSeconds(20));
            }
            assertThat(trial.matches().get(0).cause()).isEqualTo("e3");
            TrialMatch last = trial.matches().get(trial.matches().size() - 1);

            assertThat(trial.explain(trial.matches().get(0)).ids()).containsExactly("e1", "e3");
            assertThat(last.cause()).isEqualTo("e3");
        }
    }

    @Test
    @DisplayName("names for an absence the event after which nothing came")
    void shouldExplainAbsence() {
        try (var trial = new QueryTrial(SILENCE)) {
            for (int v : new int[] {7, 5, 8, 9, 10}) {
                trial.publish("A", Map.of("k", "x", "v", v));
                trial.advanceBy(Duration.ofSeconds(5));
            }
            trial.finish();
            assertThat(trial.matches()).hasSize(3);

            Explanation explanation = trial.explain(trial.matches().get(0));

            assertThat(explanation.ids()).containsExactly("e3");
            assertThat(explanation.minimal()).isTrue();
            assertThat(explanation.window().atMs()).isEqualTo(QueryTrial.START.toEpochMilli() + 30_000);
        }
    }

    @Test
    @DisplayName("says so when it gave up before nothing more could be left out")
    void shouldTellWhenBounded() {
        try (var trial = new QueryTrial(SUM)) {
            for (int i = 0; i < 40; i++) {
                trial.publish("A", Map.of("k", "x", "v", i % 2 == 0 ? 5 : 0));
            }
            Explanation bounded = new Explainer(trial.definitions(), trial.events(), 5)
                    .explain(trial.matches().get(0));
            Explanation full = trial.explain(trial.matches().get(0));

            assertThat(bounded.minimal()).isFalse();
            assertThat(bounded.replays()).isLessThanOrEqualTo(6);
            assertThat(full.minimal()).isTrue();
            assertThat(full.events()).hasSize(20);
            assertThat(full.replays()).isLessThan(Explainer.MOST_REPLAYS);
        }
    }

    @Test
    @DisplayName("shows the window of a key: what has left it is not there, and no other key is")
    void shouldShowWindow() {
        try (var trial = new QueryTrial(SUM)) {
            trial.publish("A", Map.of("k", "x", "v", 1));
            trial.advanceBy(Duration.ofSeconds(59));
            trial.publish("A", Map.of("k", "x", "v", 2));
            trial.publish("A", Map.of("k", "y", "v", 3));
            assertThat(trial.window("q", "x").events())
                    .extracting(TrialEvent::id)
                    .containsExactly("e1", "e2");
            trial.advanceBy(Duration.ofSeconds(1));
            assertThat(trial.window("q", "x").events())
                    .extracting(TrialEvent::id)
                    .containsExactly("e2");
        }
    }

    @Test
    @DisplayName("shows the window of a key without what a filter keeps out, and with the newest of each value only")
    void shouldShowFilteredWindow() {
        TrialDefinitions definitions = TrialDefinitions.parse("""
                event: A
                fields: {k: string, v: integer}
                ---
                query: q
                inputs: [{event: A, key: [k], within: 1 minute, filter: v > 1, unique: v}]
                epl: select sum(v) as s from A
                output: {event: M, to: queue:m}
                """);
        try (var trial = new QueryTrial(definitions)) {
            for (int value : new int[] {2, 1, 3, 2}) {
                trial.publish("A", Map.of("k", "x", "v", value));
            }
            assertThat(trial.window("q", "x").events())
                    .extracting(TrialEvent::id)
                    .containsExactly("e3", "e4");
        }
    }
}
