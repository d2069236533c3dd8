// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Event;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.Engine;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/**
 * A query that runs without a partition for each key gives the matches that it gives with them, and instances that share a
 * deployment give those that they give with one each. Queries and events follow
 * from a seed; repeat one with {@code -Devenkeel.forms.seed=N}, go further with {@code -Devenkeel.forms.tries=10000}.
 */
@Label("Q1 With and without a partition for each key, with and without a deployment for each instance")
class KeyFormsTest {
    private static final int TRIES = 80;
    private static final int ROUNDS = Math.max(1, Integer.getInteger("evenkeel.forms.tries", TRIES) / TRIES);
    private static final int EVENTS = 400;

    private static int keyless;
    private static int partitioned;
    private static int silent;
    private static int shared;
    private static int unshared;

    @Property(
            tries = TRIES,
            generation = GenerationMode.RANDOMIZED,
            shrinking = ShrinkingMode.OFF,
            edgeCases = EdgeCasesMode.NONE)
    @Label("a query gives the same matches, for queries and events at random")
    void shouldGiveTheSame(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long drawn) {
        Long given = Long.getLong("evenkeel.forms.seed");
        Random seeds = new Random(drawn);
        for (int round = 0; round < (given == null ? ROUNDS : 1); round++) {
            check(given == null ? seeds.nextInt(Integer.MAX_VALUE) : given);
        }
    }

    @AfterContainer
    static void report() {
        System.out.printf(
                "key forms: %d queries ran without partitions, %d with, %d gave no match;"
                        + " instances of %d shared a deployment, of %d did not%n",
                keyless, partitioned, silent, shared, unshared);
        if (Long.getLong("evenkeel.forms.seed") != null) {
            return; // one query, again and again, says nothing about how many there are
        }
        assertThat(keyless).as("queries without partitions").isGreaterThan(partitioned);
        assertThat(shared).as("queries whose instances share").isGreaterThan(unshared);
        assertThat(silent).as("queries without a match, of %d", keyless).isLessThanOrEqualTo(keyless / 4 + 1);
    }

    @Example
    @Label("what needs its own partition has one, and what does not has none")
    void shouldChoose() {
        assertThat(hasPartitions("select sum(v) as s from A")).isFalse();
        assertThat(hasPartitions("select k, v, count(*) as n from A where v > 1 having count(*) > 2"))
                .isFalse();
        assertThat(hasPartitions("select k, count(*) as n from A group by k")).isFalse();
        assertThat(hasPartitions("select a.v as v from pattern [every a=A -> b=B where timer:within(3 sec)]"))
                .isFalse();
        assertThat(hasPartitions("select v, count(*) as n from A group by v")).isTrue();
        assertThat(hasPartitions("select window(v) as w from A")).isTrue();
        assertThat(hasPartitions("select prev(1, v) as p from A")).isTrue();
        assertThat(hasPartitions("select sum(v) as s from A#length(3)")).isTrue();
        assertThat(hasPartitions("select irstream sum(v) as s from A")).isTrue();
        assertThat(hasPartitions("select sum(v) as s from A having v > 1")).isTrue();
        assertThat(hasPartitions("select sum(v, filter: v > 1) as s, last(v) as l from A"))
                .isTrue();
    }

    private static boolean hasPartitions(String epl) {
        QueryInput a = Queries.input("A", Duration.ofSeconds(9), null, "k");
        QueryInput b = Queries.input("B", Duration.ofSeconds(9), null, "k2");
        QueryDefinition query = Queries.query(epl, epl.contains("B") ? List.of(a, b) : List.of(a));
        try (Engine engine = new EsperQueryCompiler()
                .compile(query, Queries.TYPES)
                .open(List.of(Queries.instance("i", Map.of())), 0)) {
            engine.apply(Queries.a("x", 1), new Queries.Kept());
            return engine.keys() > 0;
        }
    }

    private static void check(long seed) {
        Random random = new Random(seed);
        QueryDefinition query = null;
        CompiledQuery with = null;
        while (with == null) {
            query = new Grammar(random).next();
            with = compile(EsperQueryCompiler.withPartitions(), query);
        }
        CompiledQuery without = compile(new EsperQueryCompiler(), query);
        assertThat(without)
                .as("seed %d: refused only without partitions: %s", seed, query.epl())
                .isNotNull();
        List<Step> steps = steps(random);
        List<List<Emission>> expected = run(with::openNaming, steps, false);
        Map<String, List<List<Emission>>> forms = Map.of(
                "without partitions", run(without::openNaming, steps, true),
                "without partitions, shared", run(without::open, steps, false));
        for (Map.Entry<String, List<List<Emission>>> form : forms.entrySet()) {
            for (int i = 0; i < steps.size(); i++) {
                assertThat(form.getValue().get(i))
                        .as(
                                "%s, seed %d, step %d %s, inputs %s, epl: %s",
                                form.getKey(), seed, i, steps.get(i), query.inputs(), query.epl())
                        .isEqualTo(expected.get(i));
            }
        }
        if (((EsperQuery) without).shared() == null) {
            unshared++;
        } else {
            shared++;
        }
        silent += expected.stream().allMatch(List::isEmpty) ? 1 : 0;
    }

    private static @Nullable CompiledQuery compile(EsperQueryCompiler compiler, QueryDefinition query) {
        try {
            return compiler.compile(query, Queries.TYPES);
        } catch (DefinitionRefusedException e) {
            return null;
        }
    }

    private record Step(long time, @Nullable Event event) {}

    private static List<Step> steps(Random random) {
        List<Step> steps = new ArrayList<>();
        long now = 1_600_000_000_000L;
        for (int i = 0; i < EVENTS; i++) {
            long[] more = {0, 0, 0, 0, 1, 250, 500, 500, 1_000, 2_000};
            now += random.nextInt(80) == 0 ? 40_000 : more[random.nextInt(more.length)];
            steps.add(new Step(now, random.nextInt(6) == 0 && i > 0 ? null : event(random, now)));
        }
        steps.add(new Step(now + 60_000, null));
        return steps;
    }

    private static Event event(Random random, long now) {
        String key = "k" + random.nextInt(4);
        int number = random.nextInt(8);
        if (random.nextInt(3) == 0) {
            return Queries.b(key, number);
        }
        @Nullable Object v = random.nextInt(15) == 0 ? null : number;
        @Nullable Object d = random.nextInt(15) == 0 ? null : BigDecimal.valueOf(random.nextInt(50), random.nextInt(4));
        double x = random.nextInt(10) == 0 ? 1e15 * random.nextInt(3) : random.nextInt(80) / 10.0;
        return new Event(Queries.A, new @Nullable Object[] {key, v, d, x, now});
    }

    private interface Opening {
        Engine open(List<QueryInstance> instances, long startTime);
    }

    private static List<List<Emission>> run(Opening query, List<Step> steps, boolean counted) {
        List<QueryInstance> instances = List.of(
                Queries.instance("low", Map.of("p", 2, "span", 5.5)),
                Queries.instance("high", Map.of("p", 5, "span", 2.0)));
        List<List<Emission>> emissions = new ArrayList<>();
        try (Engine engine = query.open(instances, steps.get(0).time())) {
            int keys = 0;
            for (Step step : steps) {
                Queries.Kept kept = new Queries.Kept();
                engine.advanceTo(step.time(), kept);
                Event event = step.event();
                if (event != null) {
                    engine.apply(event, kept);
                }
                keys = Math.max(keys, engine.keys());
                emissions.add(kept.emissions);
            }
            if (counted && keys == 0) {
                keyless++;
            } else if (counted) {
                partitioned++;
            }
        }
        return emissions;
    }

    /** Mostly of queries that can do without partitions, in many forms; some that look like it and cannot. */
    private static final class Grammar {
        private final Random random;
        private final int within;

        Grammar(Random random) {
            this.random = random;
            this.within = 3 + random.nextInt(10);
        }

        QueryDefinition next() {
            if (random.nextInt(5) == 0) {
                return new DefinitionGrammar(random).next();
            }
            String epl = random.nextInt(3) == 0 ? sequence() : aggregate();
            return Queries.query(
                    epl,
                    List.of(
                            Queries.input("A", Duration.ofSeconds(within), null, "k"),
                            Queries.input("B", Duration.ofSeconds(within), null, "k2")),
                    DefinitionGrammar.PARAMETERS.toArray(Parameter[]::new));
        }

        private String aggregate() {
            String columns = pick("", "", "k, ", "v, ", "k, v, ", "*, ", "v + 1 as y, ", "?:p as y, ", "'c' as y, ");
            String group = columns.isEmpty() || columns.equals("k, ") ? pick("", "", " group by k") : "";
            return "select " + columns + aggregates() + " from A" + pick("", "", "(v > 2)", "(v < ?:p)", "(k != 'k1')")
                    + pick("", "", "#time(" + seconds() + ")", "#time(?:span)", "#time(2500 msec)") + pick("", " as a")
                    + pick("", "", " where v > 1", " where x < 6 or v = ?:p", " where k like 'k%'") + group
                    + pick(
                            "",
                            "",
                            " having count(*) > 1",
                            " having sum(v) > ?:p",
                            " having sum(v) > 4 and max(x) > 3",
                            group.isEmpty() ? " having v > 3 and count(*) > 1" : "",
                            " having k = 'k1'");
        }

        private String aggregates() {
            StringBuilder list = new StringBuilder();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                list.append(i == 0 ? "" : ", ")
                        .append(pick(
                                "sum(v)",
                                "sum(x)",
                                "avg(x)",
                                "avg(v)",
                                "sum(d)",
                                "count(*)",
                                "count(v)",
                                "min(x)",
                                "max(v)",
                                "median(x)",
                                "count(distinct v)",
                                "sum(distinct v)",
                                "sum(v, filter: v > 4)",
                                "max(v) - min(v)",
                                "case when count(*) > 2 then sum(v) else 0 end",
                                "sum(v) * ?:p"))
                        .append(" as c")
                        .append(i);
            }
            return list.toString();
        }

        private String sequence() {
            String first = pick("A", "A", "A(v > 2)", "A(v < ?:p)");
            return "select a.v as v" + pick("", ", a.k as k", ", a.x as x") + " from pattern [every a=" + first + " -> "
                    + pick(
                            "b=B where timer:within(" + seconds() + ")",
                            "B(w > a.v) where timer:within(" + seconds() + ")",
                            "B(w != a.v) where timer:within(?:span)",
                            "c=A(v > a.v) where timer:within(" + seconds() + ")",
                            "(b=B -> c=B(w > b.w)) where timer:within(" + seconds() + ")",
                            "(b=B and c=A) where timer:within(" + seconds() + ")",
                            "(b=B or timer:interval(" + seconds() + "))",
                            "(timer:interval(" + seconds() + ") and not B)",
                            "(timer:interval(" + seconds() + ") and not B(w > a.v))",
                            "(timer:interval(?:span) and not B(w > a.v)) -> b=B where timer:within(2 sec)",
                            "(B and not A(v > 5)) where timer:within(" + seconds() + ")",
                            "timer:interval(" + seconds() + ")",
                            "(every b=B) where timer:within(" + seconds() + ")")
                    + "]" + pick("", "", " where a.v > 1", " where a.x < 7");
        }

        private String seconds() {
            return 1 + random.nextInt(within) + " sec";
        }

        private String pick(String... choices) {
            return choices[random.nextInt(choices.length)];
        }
    }
}
