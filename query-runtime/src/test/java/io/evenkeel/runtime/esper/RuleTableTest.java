// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.esper.rule.Rule;
import io.evenkeel.runtime.esper.rule.RuleTable;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Q6 Each rule of the table")
class RuleTableTest {
    private static final List<Parameter> PARAMETERS = List.of(
            Queries.parameter("p", ParameterType.INTEGER),
            Queries.parameter("word", ParameterType.STRING),
            new Parameter("span", ParameterType.DURATION, null, null, 20.0, List.of(), ""),
            Queries.parameter("free", ParameterType.DURATION));

    static QueryDefinition definition(Rule.Example example) {
        boolean retain = example.history() == Rule.History.RETAIN;
        List<QueryInput> inputs = retain
                ? List.of(Queries.input("A", null, 3, "k"), Queries.input("B", null, 3, "k2"))
                : List.of(
                        Queries.input("A", Queries.WITHIN, null, "k"), Queries.input("B", Queries.WITHIN, null, "k2"));
        return Queries.query(example.epl(), inputs, PARAMETERS.toArray(Parameter[]::new));
    }

    static Stream<Arguments> accepted() {
        return RuleTable.all().stream()
                .flatMap(rule -> rule.accepted().stream().map(example -> Arguments.of(rule.id(), example)));
    }

    static Stream<Arguments> refused() {
        return RuleTable.all().stream()
                .flatMap(rule -> rule.refused().stream().map(example -> Arguments.of(rule, example)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("accepted")
    @DisplayName("accepts what it says it accepts:")
    void accepts(String rule, Rule.Example example) {
        assertThatCode(() -> new EsperQueryCompiler().compile(definition(example), Queries.TYPES))
                .as(rule)
                .doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refused")
    @DisplayName("refuses what it says it refuses, with line, reason and remedy:")
    void refuses(Rule rule, Rule.Example example) {
        DefinitionRefusedException refusal = catchThrowableOfType(
                DefinitionRefusedException.class,
                () -> new EsperQueryCompiler().compile(definition(example), Queries.TYPES));
        assertThat(refusal).as("%s: %s", rule.id(), example.epl()).isNotNull();
        boolean syntax = refusal.getMessage().contains("Expected EPL that compiles");
        assertThat(refusal.faults())
                .as("%s", refusal.getMessage())
                .allSatisfy(fault -> assertThat(fault.message()).startsWith("Expected"))
                .anySatisfy(fault -> {
                    assertThat(fault.line()).isEqualTo(10);
                    if (!syntax) {
                        assertThat(fault.message())
                                .contains("rule=" + rule.id(), rule.reason(), rule.remedy(), "eplLine=1");
                    }
                });
        assertThat(syntax)
                .as("refused by the table, not by chance: %s", refusal.getMessage())
                .isFalse();
    }

    @Test
    @DisplayName("has its own id, a reason, a remedy, and examples on both sides of its border")
    void isWhole() {
        List<Rule> rules = RuleTable.all();
        assertThat(rules).extracting(Rule::id).doesNotHaveDuplicates();
        assertThat(rules).hasSizeGreaterThan(20).allSatisfy(rule -> {
            assertThat(rule.reason()).as(rule.id()).endsWith(".");
            assertThat(rule.remedy()).as(rule.id()).endsWith(".");
            assertThat(rule.accepted()).as(rule.id()).isNotEmpty();
            assertThat(rule.refused()).as(rule.id()).isNotEmpty();
        });
    }
}
