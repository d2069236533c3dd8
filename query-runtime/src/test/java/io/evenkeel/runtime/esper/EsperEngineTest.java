// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static io.evenkeel.runtime.esper.Queries.a;
import static io.evenkeel.runtime.esper.Queries.b;
import static io.evenkeel.runtime.esper.Queries.instance;
import static io.evenkeel.runtime.esper.Queries.open;
import static io.evenkeel.runtime.esper.Queries.parameter;
import static io.evenkeel.runtime.esper.Queries.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.espertech.esper.runtime.client.EPRuntimeProvider;
import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.InstanceFailedException;
import io.evenkeel.runtime.engine.InstanceUnknownException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An engine")
class EsperEngineTest {
    private static final QueryInstance ONE = instance("i", Map.of());

    private final Queries.Kept kept = new Queries.Kept();

    @Test
    @DisplayName("lets events leave their window at their time, not at the next event")
    void eventsLeaveAtTheirTime() {
        try (Engine engine = open(query("select count(*) as n from A"), ONE)) {
            engine.advanceTo(1_000, kept);
            engine.apply(a("k", 1), kept);
            assertThat(engine.nextTimer()).hasValue(31_000);
            engine.advanceTo(500_000, kept);
        }
        assertThat(kept.emissions)
                .containsExactly(
                        new Emission(new InstanceId("q", "i"), "k", 1_000, "{\"n\":1}"),
                        new Emission(new InstanceId("q", "i"), "k", 31_000, "{\"n\":0}"));
    }

    @Test
    @DisplayName("jumps over years without timers at once")
    void jumpsOverYears() {
        try (Engine engine = open(query("select k from A"), ONE)) {
            long in2030 = 1_893_456_000_000L;
            engine.advanceTo(in2030, kept);
            engine.apply(a("k", 1), kept);
            assertThat(engine.engineTime()).isEqualTo(in2030);
            assertThat(engine.nextTimer()).isEmpty();
            assertThat(kept.emissions.get(0).engineTime()).isEqualTo(in2030);
        }
    }

    @Test
    @DisplayName("refuses to go back in time and names both times")
    void refusesToGoBack() {
        try (Engine engine = open(query("select k from A"), ONE)) {
            engine.advanceTo(2_000, kept);
            engine.advanceTo(2_000, kept);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.advanceTo(1_999, kept))
                    .withMessageContaining("1999")
                    .withMessageContaining("2000");
        }
    }

    @Test
    @DisplayName("writes bodies with events, lists and numbers of all kinds in them, and without the key's columns")
    void writesBodies() {
        try (Engine engine = open(
                query(
                        "select *, d / 3.0 as third, x / 0 as infinite, window(a.v) as vs, window(*) @eventbean as events from A as a"),
                ONE)) {
            engine.apply(
                    new Event(Queries.A, new @Nullable Object[] {"k\"1", 7, new BigDecimal("1E+3"), null, null}), kept);
            engine.apply(new Event(Queries.A, new @Nullable Object[] {"k\"1", null, null, 0.5, null}), kept);
        }
        String first = "{\"k\":\"k\\\"1\",\"v\":7,\"d\":1000,\"x\":null,\"t\":null";
        String second = "{\"k\":\"k\\\"1\",\"v\":null,\"d\":null,\"x\":0.5,\"t\":null";
        assertThat(kept.bodies().get(0))
                .contains("\"k\":\"k\\\"1\"")
                .contains("\"d\":1000")
                .contains("\"vs\":[7]");
        assertThat(kept.bodies().get(1))
                .contains("\"infinite\":null")
                .contains("\"vs\":[7,null]")
                .contains("\"events\":[" + first + "}," + second + "}]")
                .doesNotContain(KeyContexts.COLUMN_PREFIX);
        assertThat(kept.emissions.get(0).key()).isEqualTo("k\"1");
    }

    @Test
    @DisplayName("writes the events of a sequence as objects")
    void writesEventsOfSequences() {
        try (Engine engine = open(query("select * from pattern [every a=A -> b=B where timer:within(5)]"), ONE)) {
            engine.apply(a("k", 1), kept);
            engine.apply(b("k", 2), kept);
        }
        assertThat(kept.bodies())
                .containsExactly(
                        "{\"a\":{\"k\":\"k\",\"v\":1,\"d\":null,\"x\":null,\"t\":null},\"b\":{\"k2\":\"k\",\"w\":2}}");
    }

    @Test
    @DisplayName("takes a null in the filter of a sequence for no match")
    void nullInSequence() {
        try (Engine engine = open(
                query("select a.v as v, b.w as w from pattern [every a=A -> b=B(w > a.v) where timer:within(5)]"),
                ONE)) {
            engine.apply(a("k", null), kept);
            engine.apply(a("k", 1), kept);
            engine.apply(b("k", 2), kept);
        }
        assertThat(kept.bodies()).containsExactly("{\"v\":1,\"w\":2}");
    }

    @Test
    @DisplayName("joins the fields of a key, and has one partition where there is no key")
    void keys() {
        QueryDefinition two =
                query("select count(*) as n from A", List.of(Queries.input("A", Queries.WITHIN, null, "k", "v")));
        try (Engine engine = open(two, ONE)) {
            engine.apply(a("x|y", 1), kept);
            engine.apply(a("x|y", 2), kept);
        }
        QueryDefinition none = query("select count(*) as n from A", List.of(Queries.input("A", Queries.WITHIN, null)));
        try (Engine engine = open(none, ONE)) {
            engine.apply(a("x", 1), kept);
            engine.apply(a("y", 2), kept);
        }
        assertThat(kept.emissions.stream().map(Emission::key)).containsExactly("x\\|y|1", "x\\|y|2", "", "");
        assertThat(kept.bodies()).containsExactly("{\"n\":1}", "{\"n\":1}", "{\"n\":1}", "{\"n\":2}");
    }

    @Test
    @DisplayName("keeps as many events as the input retains, and none for longer than it says")
    void retains() {
        QueryDefinition both =
                query("select window(v) as vs from A", List.of(Queries.input("A", Queries.WITHIN, 2, "k")));
        try (Engine engine = open(both, ONE)) {
            engine.apply(a("k", 1), kept);
            engine.apply(a("k", 2), kept);
            engine.advanceTo(1_000, kept);
            engine.apply(a("k", 3), kept);
            engine.advanceTo(30_000, kept);
        }
        assertThat(kept.bodies()).containsExactly("{\"vs\":[1]}", "{\"vs\":[1,2]}", "{\"vs\":[2,3]}", "{\"vs\":[3]}");
    }

    @Test
    @DisplayName("evaluates each instance with its own values")
    void instances() {
        QueryDefinition query = query("select v from A where v >= ?:p", parameter("p", ParameterType.INTEGER));
        try (Engine engine = open(query, instance("low", Map.of("p", 2)), instance("high", Map.of("p", 5)))) {
            engine.apply(a("k", 1), kept);
            engine.apply(a("k", 3), kept);
            engine.apply(a("k", 6), kept);
        }
        assertThat(kept.emissions.stream().map(e -> e.instance().name() + e.body()))
                .containsExactly("low{\"v\":3}", "high{\"v\":6}", "low{\"v\":6}");
    }

    @ParameterizedTest
    @DisplayName("names the instance that threw, is unusable then, and another one without it goes on:")
    @ValueSource(
            strings = {
                "select v % ?:p as r from A",
                "select v from A(v % ?:p = 0)",
                "select sum(v) as s from A having sum(v) % ?:p = 0",
                "select a.v as v from pattern [every a=A -> timer:interval(10) and not A(v % ?:p = 1)]",
                "insert into H select v as u from A; select u % ?:p as r from H"
            })
    void namesTheInstanceThatThrew(String epl) {
        CompiledQuery compiled =
                new EsperQueryCompiler().compile(query(epl, parameter("p", ParameterType.INTEGER)), Queries.TYPES);
        QueryInstance good = instance("good", Map.of("p", 1));
        QueryInstance bad = instance("bad", Map.of("p", 0));
        try (Engine engine = compiled.openNaming(List.of(good, bad), 0)) {
            InstanceFailedException failure = catchThrowableOfType(InstanceFailedException.class, () -> {
                engine.apply(a("k", 1), kept);
                engine.apply(a("k", 2), kept);
                engine.advanceTo(60_000, kept);
            });
            assertThat(failure.instance().name()).isEqualTo("bad");
            assertThat(failure).hasRootCauseInstanceOf(ArithmeticException.class);
            assertThatIllegalStateException().isThrownBy(() -> engine.apply(a("k", 2), kept));
        }
        kept.emissions.clear();
        try (Engine engine = compiled.open(List.of(good), 0)) {
            engine.apply(a("k", 1), kept);
            engine.advanceTo(60_000, kept);
        }
        assertThat(kept.emissions)
                .isNotEmpty()
                .allMatch(e -> e.instance().name().equals("good"));
    }

    @Test
    @DisplayName("says that it does not know who threw where instances share everything, and is unusable then")
    void doesNotKnowWhoThrew() {
        QueryDefinition query = query("select v % ?:p as r from A", parameter("p", ParameterType.INTEGER));
        try (Engine engine = open(query, instance("good", Map.of("p", 1)), instance("bad", Map.of("p", 0)))) {
            assertThatThrownBy(() -> engine.apply(a("k", 1), kept))
                    .isInstanceOf(InstanceUnknownException.class)
                    .hasRootCauseInstanceOf(ArithmeticException.class);
            assertThatIllegalStateException().isThrownBy(() -> engine.apply(a("k", 2), kept));
        }
        assertThat(kept.emissions).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("emits the same in the same order whatever threads call it and whatever it has seen before:")
    @ValueSource(
            strings = {
                "select count(*) as n from A",
                "select v, count(*) as n from A#time_batch(10 sec, 0L) group by v",
                "select a.v as v from pattern [every a=A -> (timer:interval(12 sec) and not B)]",
                "select a.v as v, b.w as w from A as a, B as b where a.v > b.w"
            })
    void isDeterministic(String epl) throws InterruptedException, ExecutionException {
        CompiledQuery compiled = new EsperQueryCompiler().compile(query(epl), Queries.TYPES);
        List<QueryInstance> instances = List.of(instance("one", Map.of()), instance("two", Map.of()));
        drive(compiled, instances, kept);
        List<Emission> first = List.copyOf(kept.emissions);
        kept.emissions.clear();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            other.submit(() -> drive(compiled, List.of(instances.get(1), instances.get(0)), kept))
                    .get();
        } finally {
            other.shutdownNow();
        }
        assertThat(first).hasSizeGreaterThan(300);
        assertThat(kept.emissions).isEqualTo(first);
    }

    @ParameterizedTest
    @DisplayName("that was muted for a while emits from then on what one emits that was not:")
    @ValueSource(
            strings = {
                "select count(*) as n from A",
                "select v, count(*) as n from A#time_batch(10 sec, 0L) group by v order by v",
                "select v from A#time_batch(7 sec, 0L)",
                "select a.v as v from pattern [every a=A -> (timer:interval(12 sec) and not B)]"
            })
    void mutedIsOnlyMuted(String epl) {
        CompiledQuery compiled = new EsperQueryCompiler().compile(query(epl), Queries.TYPES);
        drive(compiled, List.of(ONE), kept);
        Queries.Kept unmuted = new Queries.Kept();
        try (Engine engine = compiled.open(List.of(ONE), 0)) {
            Random random = new Random(7);
            for (int second = 0; second < 100; second++) {
                step(engine, random, second, second < 53 ? EmissionSink.MUTED : unmuted);
            }
        }
        // Second 53 begins with the timers since second 52: both sides have these.
        List<Emission> expected = kept.emissions.stream()
                .filter(emission -> emission.engineTime() > 52_000)
                .toList();
        assertThat(unmuted.emissions).isNotEmpty().isEqualTo(expected);
    }

    @Test
    @DisplayName("leaves nothing behind when closed, 2,000 times over")
    void leavesNothingBehind() {
        CompiledQuery compiled = new EsperQueryCompiler().compile(query("select count(*) as n from A"), Queries.TYPES);
        int before = EPRuntimeProvider.getRuntimeURIs().length;
        for (int i = 0; i < 2_000; i++) {
            try (Engine engine = compiled.open(i % 10 == 0 ? List.of(ONE) : List.of(), 0)) {
                engine.apply(a("k", i), EmissionSink.MUTED);
            }
        }
        assertThat(EPRuntimeProvider.getRuntimeURIs()).hasSize(before);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("com.espertech"));
    }

    private static void drive(CompiledQuery compiled, List<QueryInstance> instances, Queries.Kept sink) {
        try (Engine engine = compiled.open(instances, 0)) {
            Random random = new Random(7);
            for (int second = 0; second < 100; second++) {
                step(engine, random, second, sink);
            }
        }
    }

    /** Many keys have events in the same millisecond, so that their timers are simultaneous. */
    private static void step(Engine engine, Random random, int second, EmissionSink sink) {
        engine.advanceTo(second * 1_000L, sink);
        for (int i = 0; i < 20; i++) {
            String key = "k" + random.nextInt(200);
            engine.apply(random.nextInt(3) > 0 ? a(key, random.nextInt(10)) : b(key, random.nextInt(10)), sink);
        }
    }
}
