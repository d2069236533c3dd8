// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.document.Document.QueryDocument;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterValuesTest {
    private static final QueryDefinition QUERY = query("""
            query: q
            parameters:
              b: {type: boolean, default: true}
              i: {type: integer, minimum: 2, maximum: 9, default: 5}
              l: {type: long, default: 5}
              f: {type: double, default: 5}
              m: {type: decimal, default: 1.50}
              s: {type: string, default: x}
              e: {type: enum, values: [red, green], default: red}
              t: {type: timestamp, default: "2001-01-01T00:47Z"}
              d: {type: duration, default: 1500 ms, maximum: 1 day}
            inputs: [{event: E, within: 1 s}]
            epl: select ?:b, ?:i, ?:l, ?:f, ?:m, ?:s, ?:e, ?:t, ?:d from E
            output: {event: O, to: topic:o}
            """);
    private static final InstanceId ID = new InstanceId("q", "one");

    private static QueryDefinition query(String yaml) {
        return ((QueryDocument) DocumentReader.readOne("q.yaml", yaml)).query();
    }

    @Test
    @DisplayName("Q2: each default is filled in with the class of its type")
    void defaults() {
        assertThat(ParameterValues.bind(QUERY, ID, Map.of()).values())
                .containsAllEntriesOf(Map.of("b", true, "i", 5, "l", 5L, "f", 5.0, "m", new BigDecimal("1.50")))
                .containsAllEntriesOf(Map.of("s", "x", "e", "red", "t", 978310020000L, "d", 1.5))
                .hasSize(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "b | 'true' | type",
                "i | 2.5 | type",
                "i | 5.0 | type",
                "i | '5' | type",
                "i | 2147483648 | type",
                "i | 1 | minimum",
                "i | 10 | maximum",
                "l | 9223372036854775808 | type",
                "f | 9007199254740993 | type",
                "f | 1e400 | type",
                "s | 5 | type",
                "e | blue | allowed",
                "t | tomorrow | type",
                "d | 30 | type",
                "d | 2 days | maximum",
                "ii | 5 | unknown"
            })
    @DisplayName("Q2: a wrong value is refused with its field, the rule and the value")
    void violations(String name, String value, String rule) {
        Document document =
                DocumentReader.readOne("i", "query: q\ninstance: one\nparameters:\n  " + name + ": " + value);
        Map<String, ?> raw = ((Document.InstanceDocument) document).values();
        DefinitionRefusedException refused =
                catchThrowableOfType(DefinitionRefusedException.class, () -> ParameterValues.bind(QUERY, ID, raw));
        assertThat(refused).isNotNull();
        assertThat(refused.faults()).hasSize(1);
        Fault fault = refused.faults().get(0);
        assertThat(fault.field()).isEqualTo("parameters." + name);
        assertThat(fault.message()).contains("rule=" + rule);
        assertThat(fault.message()).contains(rule.equals("unknown") ? "did you mean i?" : "but it is '");
    }

    @ParameterizedTest
    @CsvSource({"0.5, at least 1 EUR", "1001, at most 1000 EUR"})
    @DisplayName("Q2: a violation names the bound in the parameter's unit")
    void units(String value, String bound) {
        QueryDefinition query = query("""
                query: q
                parameters:
                  least: {type: decimal, minimum: 1, maximum: 1000, description: smallest that counts, unit: EUR}
                inputs: [{event: E, within: 1 s}]
                epl: select ?:least from E
                output: {event: O, to: topic:o}
                """);
        assertThat(query.parameters()).singleElement().satisfies(parameter -> {
            assertThat(parameter.unit()).isEqualTo("EUR");
            assertThat(parameter.description()).isEqualTo("smallest that counts");
        });
        DefinitionRefusedException refused = catchThrowableOfType(
                DefinitionRefusedException.class,
                () -> ParameterValues.bind(query, ID, Map.of("least", new BigDecimal(value))));
        assertThat(refused.faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.message()).contains(bound, "but it is '" + value + "'"));
    }

    @Test
    @DisplayName("Q2: all violations are named at once, a missing value among them")
    void several() {
        QueryDefinition query = query("""
                query: q
                parameters: {a: {type: integer}, b: {type: long}, c: {type: boolean}}
                inputs: [{event: E, retain: 1}]
                epl: select ?:a, ?:b, ?:c from E
                output: {event: O, to: queue:o}
                """);
        DefinitionRefusedException refused = catchThrowableOfType(
                DefinitionRefusedException.class, () -> ParameterValues.bind(query, ID, Map.of("a", "x", "c", 1)));
        assertThat(refused.faults())
                .extracting(Fault::field)
                .isEqualTo(List.of("parameters.a", "parameters.b", "parameters.c"));
        assertThat(refused).hasMessageContaining("instance q/one").hasMessageContaining("rule=required");
    }

    @Test
    @DisplayName("Numbers of any class are taken if nothing is lost")
    void numbers() {
        Map<String, Object> raw = Map.of("i", (byte) 3, "l", BigInteger.TEN, "f", 7, "m", 0.1);
        assertThat(ParameterValues.bind(QUERY, ID, raw).values())
                .containsAllEntriesOf(Map.of("i", 3, "l", 10L, "f", 7.0, "m", new BigDecimal("0.1")));
    }
}
