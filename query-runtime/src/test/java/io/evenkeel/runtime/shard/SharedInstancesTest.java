// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Instances of a real query that share one deployment. At an event with the value 0 all throw that divide by it. */
class SharedInstancesTest {
    private static final EventType TYPE = new EventType(
            "A", "", List.of(new EventType.Field("k", FieldType.STRING), new EventType.Field("v", FieldType.INTEGER)));

    private ShardsKit kit;
    private long now = 1_000;
    private int messages;

    @BeforeEach
    void start() {
        Parameter divides = new Parameter("divides", ParameterType.BOOLEAN, null, null, null, List.of(), "");
        run(
                "select sum(v) as s from A having not ?:divides or 100 % sum(v) >= 0",
                divides, List.of("k"), Map.of("a", false, "b", true, "c", true, "d", false));
    }

    private void run(String epl, Parameter parameter, List<String> key, Map<String, Object> values) {
        QueryDefinition definition = new QueryDefinition(
                "shares",
                "",
                List.of(parameter),
                List.of(new QueryInput("A", key, Duration.ofSeconds(10), null, null, Duration.ZERO)),
                epl,
                1,
                new QueryDefinition.Output("Share", "queue:shares"));
        List<QueryInstance> instances = values.entrySet().stream()
                .map(each -> new QueryInstance(
                        new InstanceId("shares", each.getKey()),
                        new TreeMap<>(Map.of(parameter.name(), each.getValue()))))
                .toList();
        QueryPlan plan = new QueryPlan(
                1, new EsperQueryCompiler().compile(definition, Map.of("A", TYPE)), instances, Map.of("A", TYPE));
        kit = new ShardsKit(
                new QueryPlans(1, 1, Map.of("shares", plan)),
                new ShardSettings(Duration.ofSeconds(1), Duration.ofHours(1)));
    }

    private List<String> send(int value) {
        now += 10;
        String id = "m" + ++messages;
        return kit
                .batch("in", List.of(new EventCause(id, id, new Event(TYPE, new Object[] {"x", value}), now)))
                .stream()
                .map(match -> match.instance().name() + match.body())
                .toList();
    }

    private List<Trouble> troubles() {
        return kit.shard(0).status().troubles();
    }

    @Test
    @DisplayName("Q10 I8 of instances that share a deployment each that threw is found, and the others notice nothing")
    void shouldFindWhoThrew() {
        assertThat(send(5)).containsExactly("a{\"s\":5}", "b{\"s\":5}", "c{\"s\":5}", "d{\"s\":5}");
        assertThat(send(-5)).containsExactly("a{\"s\":0}", "d{\"s\":0}");
        // The event is left out for those that threw.
        assertThat(send(2)).containsExactlyInAnyOrder("a{\"s\":2}", "b{\"s\":7}", "c{\"s\":7}", "d{\"s\":2}");
        assertThat(troubles()).extracting(trouble -> trouble.instance().name()).containsExactly("b", "c");
        assertThat(troubles()).allSatisfy(trouble -> {
            assertThat(trouble.errors()).isEqualTo(1);
            assertThat(trouble.quarantined()).isFalse();
            assertThat(trouble.latest().get(0).exception()).isEqualTo("java.lang.ArithmeticException");
            assertThat(trouble.latest().get(0).cause()).isEqualTo("m2");
        });
        List<Trouble> before = troubles();
        kit.takeOver();
        assertThat(troubles()).isEqualTo(before);
        assertThat(send(1)).containsExactlyInAnyOrder("a{\"s\":3}", "b{\"s\":8}", "c{\"s\":8}", "d{\"s\":3}");
    }

    @Test
    @DisplayName("Q10 I8 an instance whose values its window cannot take is quarantined, and the others go on")
    void shouldQuarantineWhoCannotStart() {
        Parameter size = new Parameter("n", ParameterType.INTEGER, null, null, null, List.of(), "");
        run("select sum(v) as s from A#length(?:n)", size, List.of(), Map.of("a", 0, "b", 2, "c", 3));

        assertThat(send(1)).containsExactly("b{\"s\":1}", "c{\"s\":1}");
        send(2);
        assertThat(send(3)).containsExactly("b{\"s\":5}", "c{\"s\":6}");
        assertThat(troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.instance().name()).isEqualTo("a");
            assertThat(trouble.quarantined()).isTrue();
        });
        kit.takeOver();
        assertThat(send(4)).containsExactly("b{\"s\":7}", "c{\"s\":9}");
    }
}
