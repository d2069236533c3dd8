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
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A query gives for each key what a plain Esper that sees only this key gives")
class EsperOracleTest {
    private static final List<String> KEYS = List.of("k0", "k1", "k2", "k3");

    @ParameterizedTest(name = "{0}")
    @DisplayName("Q1 for each kind of statement:")
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
        order by          | select v, count(*) as n from A#time_batch(7 sec, 0L) group by v order by v | select v, count(*) as n from A#time_batch(7 sec, 0L) group by v order by v
        order by a count  | select v, count(*) as n from A#time_batch(9 sec, 0L) group by v order by count(*) | select v, count(*) as n from A#time_batch(9 sec, 0L) group by v order by count(*)
        several columns   | select v, v % 2 as h, sum(v) as s, max(v) as m from A group by v, v % 2 | select v, v % 2 as h, sum(v) as s, max(v) as m from A#time(30) group by v, v % 2
        rollup            | select v, count(*) as n from A group by rollup(v) having count(*) > 1 | select v, count(*) as n from A#time(30) group by rollup(v) having count(*) > 1
        distinct          | select distinct v / 5 as f from A#time_batch(9 sec, 0L)            | select distinct v / 5 as f from A#time_batch(9 sec, 0L)
        both streams      | select irstream v from A                                            | select irstream v from A#time(30)
        leaving           | select rstream v from A                                             | select rstream v from A#time(30)
        join              | select a.v as v, b.w as w from A as a, B as b where a.v = b.w       | select a.v as v, b.w as w from A#time(30) as a, B#time(30) as b where a.v = b.w
        outer join        | select a.v as v, b.w as w from A as a left outer join B as b on a.v = b.w | select a.v as v, b.w as w from A#time(30) as a left outer join B#time(30) as b on a.v = b.w
        unidirectional    | select a.v as v, b.w as w from A as a unidirectional, B as b where b.w > a.v | select a.v as v, b.w as w from A as a unidirectional, B#time(30) as b where b.w > a.v
        subquery          | select v, (select max(w) from B) as m from A                        | select v, (select max(w) from B#time(30)) as m from A
        exists            | select v from A as a where not exists (select * from B as b where b.w = a.v) | select v from A as a where not exists (select * from B#time(30) as b where b.w = a.v)
        sequence          | select a.v as v, b.w as w from pattern [every a=A -> b=B(w > a.v) where timer:within(20)] | select a.v as v, b.w as w from pattern [every a=A -> b=B(w > a.v) where timer:within(20)]
        absence           | select a.v as v from pattern [every a=A(v > ?:p) -> (timer:interval(12 sec) and not B)] | select a.v as v from pattern [every a=A(v > 4) -> (timer:interval(12 sec) and not B)]
        absence, count    | select count(*) as n from pattern [every a=A -> (timer:interval(?:span) and not B)]#time(10 sec) | select count(*) as n from pattern [every a=A -> (timer:interval(10) and not B)]#time(10 sec)
        absence of two    | select a.v as v from pattern [every a=A -> (timer:interval(5 sec) and not B and not A(v > 7))] | select a.v as v from pattern [every a=A -> (timer:interval(5 sec) and not B and not A(v > 7))]
        either            | select a.v as v, b.w as w from pattern [every a=A -> (b=B or timer:interval(4 sec))] | select a.v as v, b.w as w from pattern [every a=A -> (b=B or timer:interval(4 sec))]
        three in sequence | select a.v as v, b.w as w, c.v as c from pattern [every a=A -> (b=B -> c=A(v > a.v)) where timer:within(20)] | select a.v as v, b.w as w, c.v as c from pattern [every a=A -> (b=B -> c=A(v > a.v)) where timer:within(20)]
        each of many      | select a.v as v, b.w as w from pattern [every a=A -> (every b=B) where timer:within(6)] | select a.v as v, b.w as w from pattern [every a=A -> (every b=B) where timer:within(6)]
        a number of       | select a.v as v, b[1].w as w from pattern [every a=A -> ([2] b=B) where timer:within(20)] | select a.v as v, b[1].w as w from pattern [every a=A -> ([2] b=B) where timer:within(20)]
        match_recognize   | select * from A match_recognize (measures X.v as xv, last(Y.v) as yv after match skip to next row pattern (X Y+) define Y as Y.v > prev(Y.v)) | select * from A#time(30) match_recognize (measures X.v as xv, last(Y.v) as yv after match skip to next row pattern (X Y+) define Y as Y.v > prev(Y.v))
        chain             | insert into H select v * 2 as u from A where v > ?:p; select sum(u) as s from H#time(20) | insert into H select v * 2 as u from A where v > 4; select sum(u) as s from H#time(20)
        chain of columns  | insert into H(u) select v from A; insert into H(u) select w from B; insert into G select u + 1 as t from H; select t from G | insert into H(u) select v from A; insert into H(u) select w from B; insert into G select u + 1 as t from H; select t from G
        chain with input  | insert into H select max(v) as m from A#time(20); select h.m as m, b.w as w from H#time(5) as h, B as b | insert into H select max(v) as m from A#time(20); select h.m as m, b.w as w from H#time(5) as h, B#time(30) as b
        chain of wildcard | insert into H select * from A; insert into G select * from H; select k, v from G | insert into H select * from A; insert into G select * from H; select k, v from G
        declared stream   | create schema H(u int); insert into H select v as u from A; select u from H | create schema H(u int); insert into H select v as u from A; select u from H
        batches           | select sum(v) as s from A#time_batch(10 sec, 0L) | select sum(v) as s from A#time_batch(10 sec, 0L)
        pattern in chain  | insert into H select a.v as u from pattern [every a=A -> (timer:interval(5 sec) and not B)]; select sum(u) as s from H#time(10) | insert into H select a.v as u from pattern [every a=A -> (timer:interval(5 sec) and not B)]; select sum(u) as s from H#time(10)
        text              | select k, v from A where k regexp 'k[12]' or k like '%3' or k not like 'k%' | select k, v from A where k regexp 'k[12]' or k like '%3' or k not like 'k%'
        declared function | expression f { x => x.v * 2 } select f(a) as f from A as a | select a.v * 2 as f from A as a
        function          | select abs(v - 5) as d, upper(k) as u, k.length() as n from A | select Math.abs(v - 5) as d, k.toUpperCase() as u, k.length() as n from A
        date and time     | select t.getSecondOfMinute() as s, t.plus(1 hour) as l from A | select t.getSecondOfMinute() as s, t.plus(1 hour) as l from A
        by date           | select t.getSecondOfMinute() as s, count(*) as n from A group by t.getSecondOfMinute() | select t.getSecondOfMinute() as s, count(*) as n from A#time(30) group by t.getSecondOfMinute()
        subquery, in      | select v from A where v in (select w from B) | select v from A where v in (select w from B#time(30))
        join of three     | select a.v as v, b.w as w, c.v as c from A as a, B as b, A(v > 7) as c where a.v = b.w and c.v > b.w | select a.v as v, b.w as w, c.v as c from A#time(30) as a, B#time(30) as b, A(v > 7)#time(30) as c where a.v = b.w and c.v > b.w
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
                if (isUnordered(epl)) {
                    // The order of groups, of joined rows, and of matches of one event is not defined; ours is
                    // canonical.
                    oracle.rows().values().forEach(found -> found.sort(null));
                    rows.values().forEach(found -> found.sort(null));
                }
                assertThat(rows).as("seed %d", seed).isEqualTo(oracle.rows());
            }
        }
    }

    private static boolean isUnordered(String epl) {
        return Stream.of("group by", "pattern [", " as b").anyMatch(epl::contains) && !epl.contains("order by");
    }

    private static void drive(Random random, Engine engine, Queries.Kept kept, Oracle oracle) {
        long time = 0;
        for (int i = 0; i < 150; i++) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            Event event = random.nextInt(4) > 0 ? a(key, random.nextInt(10), time) : b(key, random.nextInt(10));
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
