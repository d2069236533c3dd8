// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static io.evenkeel.runtime.esper.Queries.parameter;
import static io.evenkeel.runtime.esper.Queries.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The compiler")
class EsperQueryCompilerTest {

    @ParameterizedTest
    @DisplayName("refuses what reaches out of the engine (F17, Q8):")
    @ValueSource(
            strings = {
                "select System.setProperty('a', 'b') from A",
                "select java.lang.System.setProperty('a', 'b') from A",
                "select java.lang.Runtime.getRuntime().exec('true') from A",
                "select java.lang.Class.forName('java.lang.Runtime') from A",
                "select k.getClass().getName() from A",
                "select k.wait() from A",
                "select k.class.name as c from A",
                "select new java.io.File('/tmp') from A",
                "select k from A(java.lang.Boolean.getBoolean(k))",
                "select k from A where java.lang.Integer.getInteger(k) > 0",
                "select js:f(v) from A",
                "expression double js:f(x) [ x * 2 ] select f(v) from A",
                "inlined_class \"\"\" public class X { public static int f() { return 1; } } \"\"\" select X.f() from A",
                "create inlined_class \"\"\" public class X {} \"\"\"; select k from A",
                "create schema H as java.lang.Runtime; select k from A",
                "select * from java.lang.Object",
                "select a.k from A as a, sql:db ['select 1 from x'] as s",
                "select a.k from A as a, method:java.lang.System.getenv() as m",
                "@Hook(hook='x', type=HookType.SQLCOL) select k from A",
                "@Audit select k from A",
                "create dataflow D EventBusSource -> s<A> {} LogSink(s) {}; select k from A",
                "create variable int x = 1; select k from A",
                "create window W#keepall as A; select k from A",
                "on A update W set v = 1; select k from A",
                "create context C partition by k from A; context C select k from A",
            })
    void refusesWhatReachesOut(String epl) {
        assertThat(refusal(query(epl)).faults()).isNotEmpty();
    }

    @ParameterizedTest
    @DisplayName("refuses windows beyond the declared 30 s, and what has no bound at all:")
    @ValueSource(
            strings = {
                "select count(*) from A#keepall",
                "select count(*) from A#time(31)",
                "select count(*) from A#time(1 minute)",
                "select count(*) from A#time(?:free)",
                "select count(*) from A#time(20)#time(1 hour 1 minute)",
                "select count(*) from A#length_batch(3)",
                "select count(*) from A#firstunique(v)",
                "select count(*) from A#time(10)#length(5) retain-union",
                "select count(*) from pattern [every a=A]",
                "select (select count(*) from B#time(40)) as n from A",
                "insert into H select v from A; select sum(v) from H",
            })
    void refusesUnboundedWindows(String epl) {
        DefinitionRefusedException refusal = refusal(query(epl, parameter("free", ParameterType.DURATION)));
        assertThat(refusal.faults())
                .isNotEmpty()
                .allMatch(fault -> fault.message().startsWith("Expected"));
    }

    @ParameterizedTest
    @DisplayName("names the line of the document:")
    @CsvSource(delimiter = '|', textBlock = """
        select k from                             | 10
        select k,NL v vv v from A                 | 11
        select k from A;NLNLselect nope from B    | 12
        select k from A;NL// noteNLselect k from C| 12
        NLselect k from A where v > ?:nope        | 11
        """)
    void namesTheLine(String epl, int line) {
        DefinitionRefusedException refusal = refusal(query(epl.replace("NL", "\n")));
        assertThat(refusal.faults()).hasSize(1);
        assertThat(refusal.faults().get(0).line()).as(refusal.getMessage()).isEqualTo(line);
        assertThat(refusal.faults().get(0).field()).isEqualTo("epl");
        assertThat(refusal.getMessage()).doesNotContain("evenkeel_");
    }

    @Test
    @DisplayName("refuses a parameter whose type does not fit its use")
    void refusesMisfittingParameter() {
        assertThat(refusal(query("select k from A(k = ?:p)", parameter("p", ParameterType.INTEGER)))
                        .faults())
                .hasSize(1);
    }

    @ParameterizedTest
    @DisplayName("gives parameters of each type to EPL:")
    @CsvSource({
        "BOOLEAN, v > 1 = ?:p",
        "INTEGER, v > ?:p",
        "LONG, current_timestamp() > ?:p",
        "DOUBLE, x > ?:p",
        "DECIMAL, d > ?:p",
        "STRING, k = ?:p",
        "TIMESTAMP, current_timestamp() > ?:p",
        "DURATION, x > ?:p"
    })
    void givesParameters(ParameterType type, String where) {
        assertThatCode(() -> compile(query("select k from A where " + where, parameter("p", type))))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("takes matches from the statement named out, else from the last one that selects")
    void choosesTheOutput() {
        assertThatCode(() -> compile(query("@Name('out') insert into H select k from A; select k from H")))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("refuses inputs whose keys do not fit together")
    void refusesMisfittingKeys() {
        QueryDefinition query = query(
                "select k from A",
                List.of(
                        Queries.input("A", Queries.WITHIN, null, "k"),
                        Queries.input("B", Queries.WITHIN, null, "k2", "w")));
        assertThat(refusal(query).faults().get(0).message()).contains("B has 2");
    }

    private static void compile(QueryDefinition query) {
        new EsperQueryCompiler().compile(query, Queries.TYPES);
    }

    private static DefinitionRefusedException refusal(QueryDefinition query) {
        DefinitionRefusedException refusal =
                catchThrowableOfType(DefinitionRefusedException.class, () -> compile(query));
        assertThat(refusal).as(query.epl()).isNotNull();
        return refusal;
    }
}
