// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Event;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.esper.function.QueryFunctions;
import io.evenkeel.runtime.esper.rule.Allowed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Q8 A query")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SandboxTest {
    private static final QueryInstance ONE = Queries.instance("i", Map.of());

    static Stream<Arguments> attacks() {
        try (InputStream in = Objects.requireNonNull(SandboxTest.class.getResourceAsStream("attacks.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.split(" \\| ", 2))
                            .map(parts -> Arguments.of(parts[0], parts[1]))
                            .toList()
                            .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("attacks")
    @DisplayName("F17 cannot leave its sandbox, and nothing happens when it tries:")
    void isRefused(String what, String epl) {
        DefinitionRefusedException refusal = refusal(Queries.query(epl));
        assertThat(refusal.faults()).as(what).isNotEmpty().allSatisfy(fault -> {
            assertThat(fault.line()).isPositive();
            assertThat(fault.message()).startsWith("Expected");
        });
        assertThat(System.getProperty("evenkeel.attack")).isNull();
        assertThat(Files.exists(Path.of("/tmp/evenkeel-attack"))).isFalse();
    }

    @Test
    @DisplayName("F17 has more than 40 ways to try, each different")
    void corpusIsLarge() {
        assertThat(attacks().map(each -> each.get()[1]).distinct()).hasSizeGreaterThan(40);
        assertThat(attacks())
                .hasSameSizeAs(attacks().map(each -> each.get()[1]).distinct().toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+b", "(a|aa)*b", "(.*a){20}b", "(a|b|ab)*c"})
    @DisplayName("F17 is not held up by a regular expression that would run for ever elsewhere:")
    void isNotHeldUp(String regex) {
        QueryDefinition query = Queries.query("select k from A where k regexp '" + regex + "'");
        Queries.Kept kept = new Queries.Kept();
        try (Engine engine = Queries.open(query, ONE)) {
            engine.apply(Queries.a("a".repeat(20_000), 1), kept);
        }
        assertThat(kept.emissions).isEmpty();
    }

    @Test
    @DisplayName("F17 is not held up by like, either")
    void isNotHeldUpByLike() {
        QueryDefinition query = Queries.query("select k from A where k like '%a%a%a%a%a%a%a%a%a%b'");
        Queries.Kept kept = new Queries.Kept();
        try (Engine engine = Queries.open(query, ONE)) {
            engine.apply(Queries.a("a".repeat(20_000), 1), kept);
            engine.apply(Queries.a("a".repeat(20) + "b", 1), kept);
        }
        assertThat(kept.emissions).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 3_000, 30_000})
    @DisplayName("F17 cannot break the compiler by nesting brackets:")
    void nestsBrackets(int depth) {
        String epl = "select " + "(".repeat(depth) + "v" + ")".repeat(depth) + " as v from A";
        try {
            new EsperQueryCompiler(new CompilePool(1, 1, Duration.ofSeconds(20)))
                    .compile(Queries.query(epl), Queries.TYPES);
        } catch (DefinitionRefusedException refused) {
            assertThat(refused.faults()).hasSize(1);
        }
        assertThatCode(() -> new EsperQueryCompiler().compile(Queries.query("select v from A"), Queries.TYPES))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("F17 is refused when its EPL is longer than anyone writes")
    void isRefusedWhenTooLong() {
        assertThat(refusal(Queries.query("select k from A where k = '" + "a".repeat(100_000) + "'")))
                .hasMessageContaining("at most 100000 characters");
    }

    @Test
    @DisplayName("that does not come to an end in the compiler is refused, and others compile")
    void compilationEnds() throws Exception {
        CompilePool pool = new CompilePool(1, 1, Duration.ofMillis(200));
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        CompilePool.GaveUpException stuck = catchThrowableOfType(
                CompilePool.GaveUpException.class,
                () -> pool.run(() -> {
                    try {
                        never.await();
                    } finally {
                        stopped.countDown();
                    }
                    return 1;
                }));
        assertThat(stuck).hasMessageContaining("longer");
        assertThat(pool.run(() -> 2)).isEqualTo(2);
        assertThat(stopped.await(10, TimeUnit.SECONDS))
                .as("it was told to stop")
                .isTrue();
    }

    @Test
    @DisplayName("that ignores being told to stop holds no place until too many do")
    void deafCompilations() throws Exception {
        CompilePool pool = new CompilePool(1, 1, Duration.ofMillis(100));
        CountDownLatch end = new CountDownLatch(1);
        try {
            for (int i = 0; i < 2; i++) {
                assertThat(catchThrowableOfType(CompilePool.GaveUpException.class, () -> pool.run(() -> deaf(end))))
                        .hasMessageContaining("longer");
            }
            assertThat(catchThrowableOfType(CompilePool.GaveUpException.class, () -> pool.run(() -> 3)))
                    .hasMessageContaining("others are compiling");
        } finally {
            end.countDown();
        }
        CompilePool patient = pool;
        assertThat(awaitPlace(patient)).isEqualTo(4);
    }

    private static int awaitPlace(CompilePool pool) throws CompilePool.GaveUpException {
        for (int i = 0; ; i++) {
            try {
                return pool.run(() -> 4);
            } catch (CompilePool.GaveUpException e) {
                if (i == 50) {
                    throw e;
                }
            }
        }
    }

    private static int deaf(CountDownLatch end) {
        boolean over = false;
        while (!over) {
            try {
                end.await();
                over = true;
            } catch (InterruptedException e) {
                over = end.getCount() == 0;
            }
        }
        return 0;
    }

    @Test
    @DisplayName("is read again when it is compiled: a class that refers to what is not allowed is found")
    void scansClasses() throws IOException {
        try (InputStream in = Objects.requireNonNull(SandboxTest.class.getResourceAsStream("SandboxTest.class"))) {
            assertThat(ClassScan.refusals(Map.of("io.evenkeel.runtime.esper.SandboxTest", in.readAllBytes())))
                    .contains("java.nio.file.Files", "java.lang.System.getProperty");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select k.toUpperCase() as c from A",
                "select k.matches('(a+)+b') as m from A",
                "select k.repeat(1000000000) as r from A",
                "select k from A(k.replaceAll('(a+)+b', '') = 'x')",
                "select k.intern() as i from A"
            })
    @DisplayName("F17 that has found a way around the rules is refused for what its classes refer to:")
    void isScannedWhereItIsCompiled(String epl) {
        DefinitionRefusedException refusal = catchThrowableOfType(
                DefinitionRefusedException.class,
                () -> EsperQueryCompiler.withoutRules().compile(Queries.query(epl), Queries.TYPES));
        assertThat(refusal).as(epl).isNotNull();
        assertThat(refusal.faults())
                .allSatisfy(fault -> assertThat(fault.message())
                        .contains("calls what docs/sandbox.md lists, but it would call java.lang."));
        assertThat(refusal(Queries.query(epl)))
                .as("the rules refuse it first")
                .hasMessageContaining("rule=sandbox-call");
    }

    @Test
    @DisplayName("may call each function that is listed, and no other is there")
    void functionsAreListed() {
        assertThat(Arrays.stream(QueryFunctions.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(Method::getName)
                        .collect(Collectors.toSet()))
                .isEqualTo(Allowed.functions());
        String calls =
                "select abs(v) as c0, ceil(x) as c1, floor(x) as c2, round(x, 1) as c3, sqrt(x) as c4, pow(x, 2.0) as"
                        + " c5, exp(x) as c6, ln(x) as c7, log10(x) as c8, sign(x) as c9, upper(k) as c10, lower(k) as c11,"
                        + " abs(d) as c12, abs(x) as c13, abs(t) as c14 from A";
        Queries.Kept kept = new Queries.Kept();
        try (Engine engine = Queries.open(Queries.query(calls), ONE)) {
            engine.apply(Queries.a("K", -3), kept);
        }
        assertThat(kept.bodies())
                .containsExactly("{\"c0\":3,\"c1\":null,\"c2\":null,\"c3\":null,\"c4\":null,\"c5\":null,\"c6\":null,"
                        + "\"c7\":null,\"c8\":null,\"c9\":null,\"c10\":\"K\",\"c11\":\"k\",\"c12\":null,\"c13\":null,"
                        + "\"c14\":null}");
    }

    static Stream<Arguments> methods() {
        List<Arguments> calls = List.of(
                Arguments.of(
                        Allowed.textMethods(),
                        "select k.length() as c0, k.contains(k) as c1, k.startsWith(k) as c2, k.endsWith(k) as c3,"
                                + " k.indexOf(k) as c4, k.lastIndexOf(k) as c5, k.isEmpty() as c6, k.isBlank() as c7,"
                                + " k.substring(1) as c8, k.trim() as c9, k.strip() as c10, k.concat(k) as c11,"
                                + " k.charAt(0) as c12, k.equalsIgnoreCase(k) as c13, k.compareTo(k) as c14,"
                                + " k.compareToIgnoreCase(k) as c15 from A"),
                Arguments.of(
                        Allowed.listMethods(),
                        "select window(*).where(e => e.v > 1).countOf() as c0, window(*).selectFrom(e => e.v) as c1,"
                                + " window(v).sumOf() as c2, window(v).average() as c3, window(v).min() as c4,"
                                + " window(v).max() as c5, window(*).minBy(e => e.v).k as c6, window(*).maxBy(e => e.v).k as"
                                + " c7, window(v).firstOf() as c8, window(v).lastOf() as c9, window(*).allOf(e => e.v > 1)"
                                + " as c10, window(*).anyOf(e => e.v > 1) as c11, window(v).take(1) as c12,"
                                + " window(v).takeLast(1) as c13, window(*).takeWhile(e => e.v > 1).countOf() as c14,"
                                + " window(*).takeWhileLast(e => e.v > 1).countOf() as c15, window(v).orderBy() as c16,"
                                + " window(v).orderByDesc() as c17, window(v).distinctOf() as c18, window(v).reverse() as"
                                + " c19, window(v).aggregate(0, (r, e) => r + e) as c20, window(v).except({1, 2}) as c21,"
                                + " window(v).intersect({1, 2}) as c22, window(v).union({1, 2}) as c23,"
                                + " window(v).sequenceEqual({1, 2}) as c24 from A"),
                Arguments.of(
                        Allowed.timeMethods(),
                        "select t.plus(1 hour) as c0, t.minus(1 hour) as c1, t.getMillisOfSecond() as c2,"
                                + " t.getSecondOfMinute() as c3, t.getMinuteOfHour() as c4, t.getHourOfDay() as c5,"
                                + " t.getDayOfWeek() as c6, t.getDayOfMonth() as c7, t.getDayOfYear() as c8,"
                                + " t.getMonthOfYear() as c9, t.getYear() as c10, t.roundCeiling('hour') as c11,"
                                + " t.roundFloor('hour') as c12, t.roundHalf('hour') as c13, t.withTime(1, 2, 3, 4) as c14,"
                                + " t.withDate(2020, 1, 2) as c15, t.before(5L) as c16, t.after(5L) as c17,"
                                + " t.between(1L, 2L) as c18 from A"));
        return calls.stream();
    }

    @ParameterizedTest
    @MethodSource("methods")
    @DisplayName("may call each method that is listed:")
    void methodsAreListed(Set<String> methods, String epl) {
        assertThat(methods).allSatisfy(method -> assertThat(epl).contains("." + method + "("));
        Queries.Kept kept = new Queries.Kept();
        try (Engine engine = Queries.open(Queries.query(epl), ONE)) {
            engine.apply(Queries.a("key", 3, 1_600_000_000_000L), kept);
        }
        assertThat(kept.bodies()).hasSize(1);
    }

    @Test
    @DisplayName("has sums that do not remember what has left the window")
    void sumsForget() {
        Queries.Kept kept = new Queries.Kept();
        try (Engine engine = Queries.open(Queries.query("select sum(x) as s, avg(x) as a from A#length(2)"), ONE)) {
            for (double x : new double[] {0.1, 0.2, 0.3, 1e17, 1.5, 2.5}) {
                engine.apply(new Event(Queries.A, new Object[] {"k", 1, BigDecimal.ONE, x, 1L}), kept);
            }
        }
        assertThat(kept.bodies())
                .containsExactly(
                        "{\"s\":0.1,\"a\":0.1}",
                        "{\"s\":0.30000000000000004,\"a\":0.15000000000000002}",
                        "{\"s\":0.5,\"a\":0.25}",
                        "{\"s\":1.0E17,\"a\":5.0E16}",
                        "{\"s\":1.0E17,\"a\":5.0E16}",
                        "{\"s\":4.0,\"a\":2.0}");
    }

    private static DefinitionRefusedException refusal(QueryDefinition query) {
        DefinitionRefusedException refusal = catchThrowableOfType(
                DefinitionRefusedException.class, () -> new EsperQueryCompiler().compile(query, Queries.TYPES));
        assertThat(refusal).as(query.epl()).isNotNull();
        return refusal;
    }
}
