// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Event;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Q4 The history of an input")
class InputWindowsTest {
    private static final String SUM = "select k, count(*) as n, sum(v) as s from A";

    private static List<String> run(QueryDefinition query, Object... steps) {
        Queries.Kept kept = new Queries.Kept();
        try (Engine engine = Queries.open(query, Queries.instance("one", Map.of()))) {
            for (Object step : steps) {
                if (step instanceof Integer time) {
                    engine.advanceTo(time, kept);
                } else if (engine.admits((Event) step)) {
                    engine.apply((Event) step, kept);
                }
            }
        }
        return kept.emissions.stream().map(Emission::body).toList();
    }

    private static QueryDefinition over(QueryInput input, String epl) {
        return Queries.query(epl, List.of(input));
    }

    @Test
    @DisplayName("with unique holds the newest event for each value, and lets it go at its time")
    void unique() {
        QueryInput input = Queries.input("A", Duration.ofSeconds(10), null, "k").newestOf(List.of("v"));
        assertThat(run(
                        over(input, SUM),
                        Queries.a("x", 1),
                        4_000,
                        Queries.a("x", 2),
                        5_000,
                        Queries.a("x", 1),
                        10_000,
                        14_000,
                        15_000))
                .as("the first 1 is replaced by the second, so nothing leaves at 10 s")
                .containsExactly(
                        "{\"k\":\"x\",\"n\":1,\"s\":1}",
                        "{\"k\":\"x\",\"n\":2,\"s\":3}",
                        "{\"k\":\"x\",\"n\":2,\"s\":3}",
                        "{\"k\":\"x\",\"n\":1,\"s\":1}",
                        "{\"k\":\"x\",\"n\":0,\"s\":null}");
    }

    @Test
    @DisplayName(
            "with unique and a number lets go of the one of the same value; of the oldest only where there is none")
    void uniqueAndRetain() {
        QueryInput input = Queries.input("A", null, 2, "k").newestOf(List.of("v"));
        List<String> bodies = run(
                over(input, "select count(*) as n, sum(v) as s from A"),
                Queries.a("x", 1),
                Queries.a("x", 2),
                Queries.a("x", 2),
                Queries.a("x", 2),
                Queries.a("x", 3));
        assertThat(bodies)
                .containsExactly(
                        "{\"n\":1,\"s\":1}",
                        "{\"n\":2,\"s\":3}",
                        "{\"n\":2,\"s\":3}",
                        "{\"n\":2,\"s\":3}",
                        "{\"n\":2,\"s\":5}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select v, prev(1, v) as p from A | {\"v\":1,\"p\":null} {\"v\":2,\"p\":1} {\"v\":2,\"p\":1} {\"v\":3,\"p\":2}",
                "select rstream v from A | {\"v\":2} {\"v\":1}",
                "select window(v) as w from A | {\"w\":[1]} {\"w\":[1,2]} {\"w\":[1,2]} {\"w\":[2,3]}",
                "select sum(v) as s from A#length(1) | {\"s\":1} {\"s\":2} {\"s\":2} {\"s\":3}",
                "select sum(v) as s from A#lastevent | {\"s\":1} {\"s\":2} {\"s\":2} {\"s\":3}",
                "select sum(v) as s from A#unique(v) | {\"s\":1} {\"s\":3} {\"s\":3} {\"s\":5}"
            })
    @DisplayName("with unique and a number is one window, for each way to look at it")
    void newestOfEach(String epl, String expected) {
        for (Duration within : new Duration[] {null, Queries.WITHIN}) {
            QueryInput input = Queries.input("A", within, 2, "k").newestOf(List.of("v"));
            if (epl.contains(within == null ? "#unique" : "prev(")) {
                continue; // refused: the last of a key may not differ; Esper has no prev where windows intersect
            }
            List<String> bodies =
                    run(over(input, epl), Queries.a("x", 1), Queries.a("x", 2), Queries.a("x", 2), Queries.a("x", 3));
            assertThat(String.join(" ", bodies)).as("within %s", within).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select v from A#unique(x)#length(2)",
                "select v from A#length(1)#length(2)",
                "select v from A#length(?:low)"
            })
    @DisplayName("with unique and a number refuses a second of the two, and a number that is a parameter")
    void secondWindow(String epl) {
        QueryInput input = Queries.input("A", Queries.WITHIN, 2, "k").newestOf(List.of("v"));
        assertThatThrownBy(() -> run(over(input, epl)))
                .isInstanceOf(DefinitionRefusedException.class)
                .hasMessageContaining("which declares unique and retain");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select count(*) as n from A | {\"n\":1} {\"n\":2}",
                "select v from A | {\"v\":5} {\"v\":7}",
                "select b.v as v from pattern [every a=A -> b=A(v > a.v) where timer:within(20 sec)] | {\"v\":7}"
            })
    @DisplayName("has only those events that its filter is true for, in each kind of statement")
    void filter(String epl, String expected) {
        QueryInput input = Queries.input("A", Queries.WITHIN, null, "k").where("v >= 5 and k like 'x%'");
        List<String> bodies = run(
                over(input, epl),
                Queries.a("x", 1),
                Queries.a("x", 5),
                Queries.a("x", null),
                Queries.a("y", 9),
                Queries.a("x", 7));
        assertThat(String.join(" ", bodies)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v > ?:limit",
                "vv > 1",
                "v > 1) output every 5 events --",
                "1 = 1) group by (k",
                "v > 1) or (v < 9",
                "true) or (1=1",
                "v > 1) or (v < 9 /* ( */",
                "v > 1 /* ) or (",
                "v > 1) // (",
                "v > 1)\n or (v < 9",
                "k = 'x') or (k = 'y'",
                "k = 'x",
                "v > 1 group by k",
                "v > 1; select * from A where v < 9",
                "v > 1) output last every 1 seconds or (true",
                "java.lang.System.exit(1) is null",
                "exists (select * from A)",
                "prev(1, v) > 1",
                "sum(v) > 1",
                "v",
                "*"
            })
    @DisplayName("refuses a filter that is anything but a condition on one event")
    void refused(String filter) {
        QueryInput input = Queries.input("A", Queries.WITHIN, null, "k").where(filter);
        assertThatThrownBy(() -> new EsperQueryCompiler().compile(over(input, SUM), Queries.TYPES))
                .isInstanceOf(DefinitionRefusedException.class)
                .hasMessageContaining("Expected the filter of input A to be a condition on the fields of one event");
    }

    @Test
    @DisplayName("refuses a window by batches beside unique")
    void batchBesideUnique() {
        QueryInput input = Queries.input("A", Queries.WITHIN, null, "k").newestOf(List.of("v"));
        assertThatThrownBy(() -> new EsperQueryCompiler()
                        .compile(over(input, "select count(*) from A#time_batch(5 sec)"), Queries.TYPES))
                .isInstanceOf(DefinitionRefusedException.class)
                .hasMessageContaining("which declares unique");
    }
}
