// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static io.evenkeel.runtime.esper.Queries.a;
import static io.evenkeel.runtime.esper.Queries.b;
import static org.assertj.core.api.Assertions.assertThat;

import com.espertech.esper.common.client.EPCompiled;
import io.evenkeel.query.Event;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A query gives for each key what a plain Esper that sees only this key gives")
class EsperOracleTest {
    private static final List<String> KEYS = List.of("k0", "k1", "k2", "k3");

    @ParameterizedTest(name = "{0}")
    @DisplayName("for each kind of statement:")
    @CsvSource(delimiter = '|', textBlock = """
        filter            | select k, v from A where v >= ?:p                                   | select k, v from A where v >= 4
        filter, wildcard  | select * from A(v >= ?:p)                                           | select * from A(v >= 4)
        aggregate         | select sum(v) as s, count(*) as n from A                            | select sum(v) as s, count(*) as n from A#time(30)
        aggregate of rows | select k, v, sum(v) as s from A having sum(v) > ?:p * 3             | select k, v, sum(v) as s from A#time(30) having sum(v) > 12
        filtered window   | select count(*) as n from A where v > ?:p having count(*) >= 2      | select count(*) as n from A#time(30) where v > 4 having count(*) >= 2
        smaller window    | select max(v) as m from A#time(?:span)                              | select max(v) as m from A#time(10)
        length            | select avg(v) as m from A#length(3)                                 | select avg(v) as m from A#length(3)#time(30)
        unique            | select sum(v) as s from A#unique(v)                                 | select sum(v) as s from A#unique(v)#time(30)
        group by          | select v, count(*) as n from A group by v                           | select v, count(*) as n from A#time(30) group by v
        order by          | select v, count(*) as n from A group by v output every 7 seconds order by v | select v, count(*) as n from A#time(30) group by v output every 7 seconds order by v
        rollup            | select v, count(*) as n from A group by rollup(v) having count(*) > 1 | select v, count(*) as n from A#time(30) group by rollup(v) having count(*) > 1
        distinct          | select distinct v / 5 as f from A output every 9 seconds            | select distinct v / 5 as f from A#time(30) output every 9 seconds
        both streams      | select irstream v from A                                            | select irstream v from A#time(30)
        leaving           | select rstream v from A                                             | select rstream v from A#time(30)
        join              | select a.v as v, b.w as w from A as a, B as b where a.v = b.w       | select a.v as v, b.w as w from A#time(30) as a, B#time(30) as b where a.v = b.w
        outer join        | select a.v as v, b.w as w from A as a left outer join B as b on a.v = b.w | select a.v as v, b.w as w from A#time(30) as a left outer join B#time(30) as b on a.v = b.w
        unidirectional    | select a.v as v, b.w as w from A as a unidirectional, B as b where b.w > a.v | select a.v as v, b.w as w from A as a unidirectional, B#time(30) as b where b.w > a.v
        subquery          | select v, (select max(w) from B) as m from A                        | select v, (select max(w) from B#time(30)) as m from A
        exists            | select v from A as a where not exists (select * from B as b where b.w = a.v) | select v from A as a where not exists (select * from B#time(30) as b where b.w = a.v)
        sequence          | select a.v as v, b.w as w from pattern [every a=A -> b=B(w > a.v) where timer:within(20)] | select a.v as v, b.w as w from pattern [every a=A -> b=B(w > a.v) where timer:within(20)]
        absence           | select a.v as v from pattern [every a=A(v > ?:p) -> (timer:interval(12 sec) and not B)] | select a.v as v from pattern [every a=A(v > 4) -> (timer:interval(12 sec) and not B)]
        absence, count    | select count(*) as n from pattern [every a=A -> (timer:interval(?:span) and not B)]#time(25 sec) | select count(*) as n from pattern [every a=A -> (timer:interval(10) and not B)]#time(25 sec)
        match_recognize   | select * from A match_recognize (measures X.v as xv, last(Y.v) as yv pattern (X Y+) define Y as Y.v > prev(Y.v)) | select * from A#time(30) match_recognize (measures X.v as xv, last(Y.v) as yv pattern (X Y+) define Y as Y.v > prev(Y.v))
        chain             | insert into H select v * 2 as u from A where v > ?:p; select sum(u) as s from H#time(20) | insert into H select v * 2 as u from A where v > 4; select sum(u) as s from H#time(20)
        chain of columns  | insert into H(u) select v from A; insert into H(u) select w from B; insert into G select u + 1 as t from H; select t from G | insert into H(u) select v from A; insert into H(u) select w from B; insert into G select u + 1 as t from H; select t from G
        chain with input  | insert into H select max(v) as m from A; select h.m as m, b.w as w from H#time(5) as h, B as b | insert into H select max(v) as m from A#time(30); select h.m as m, b.w as w from H#time(5) as h, B#time(30) as b
        chain of wildcard | insert into H select * from A; insert into G select * from H; select k, v from G | insert into H select * from A; insert into G select * from H; select k, v from G
        declared stream   | create schema H(u int); insert into H select v as u from A; select u from H | create schema H(u int); insert into H select v as u from A; select u from H
        rate, last        | select sum(v) as s from A output last every 10 seconds              | select sum(v) as s from A#time(30) output last every 10 seconds
        rate, snapshot    | select sum(v) as s from A output snapshot every 10 seconds          | select sum(v) as s from A#time(30) output snapshot every 10 seconds
        rate, first       | select sum(v) as s from A output first every 2 events               | select sum(v) as s from A#time(30) output first every 2 events
        previous          | select v, prev(1, v) as p from A                                    | select v, prev(1, v) as p from A#time(30)
        window            | select window(v) as vs from A                                       | select window(v) as vs from A#time(30)
        enumeration       | select window(*).where(e => e.v > 3).countOf() as n from A          | select window(*).where(e => e.v > 3).countOf() as n from A#time(30)
        """)
    void forEachKind(String kind, String epl, String oracleEpl) {
        QueryDefinition query = Queries.query(
                epl,
                Queries.parameter("p", ParameterType.INTEGER),
                new Parameter("span", ParameterType.DURATION, null, null, 20.0, List.of(), ""));
        CompiledQuery compiled = new EsperQueryCompiler().compile(query, Queries.TYPES);
        EPCompiled oracleUnit = Oracle.compile(oracleEpl);
        List<QueryInstance> instances = List.of(Queries.instance("i", Map.of("p", 4, "span", 10.0)));
        for (long seed = 1; seed <= 3; seed++) {
            try (Oracle oracle = new Oracle(oracleUnit, KEYS);
                    Engine engine = compiled.open(instances, 0)) {
                Queries.Kept kept = new Queries.Kept();
                drive(new Random(seed), engine, kept, oracle);
                assertThat(oracle.rows())
                        .as("the oracle finds something, else this shows nothing")
                        .isNotEmpty();
                Map<String, List<String>> rows = rows(kept.emissions);
                if (epl.contains("group by") && !epl.contains("order by")) {
                    // The order of groups within an update is not defined; ours is canonical.
                    oracle.rows().values().forEach(found -> found.sort(null));
                    rows.values().forEach(found -> found.sort(null));
                }
                assertThat(rows).as("seed %d", seed).isEqualTo(oracle.rows());
            }
        }
    }

    private static void drive(Random random, Engine engine, Queries.Kept kept, Oracle oracle) {
        long time = 0;
        for (int i = 0; i < 150; i++) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            Event event = random.nextInt(4) > 0 ? a(key, random.nextInt(10)) : b(key, random.nextInt(10));
            engine.apply(event, kept);
            oracle.apply(key, event);
            time += random.nextBoolean() ? 0 : random.nextInt(4) * 1_000L;
            engine.advanceTo(time, kept);
            oracle.advanceTo(time);
        }
        engine.advanceTo(time + 60_000, kept);
        oracle.advanceTo(time + 60_000);
    }

    private static Map<String, List<String>> rows(List<Emission> emissions) {
        Map<String, List<String>> rows = new TreeMap<>();
        for (Emission emission : emissions) {
            rows.computeIfAbsent(emission.key(), k -> new ArrayList<>())
                    .add(emission.engineTime() + " " + emission.body());
        }
        return rows;
    }
}
