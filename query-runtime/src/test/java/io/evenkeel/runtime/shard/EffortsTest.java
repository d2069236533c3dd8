// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.ErrorPolicy;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.OrderCause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The instance "odd" of {@link SumQuery} toils at the value 17, "even" does not. */
class EffortsTest {
    private static final String QUERY = "sums";
    private static final InstanceId ODD = new InstanceId(QUERY, "odd");
    private static final Duration BUDGET = Duration.ofMillis(100);

    private final SumQuery query = new SumQuery(QUERY, null, new ErrorPolicy(2, BUDGET));
    private final Stopwatch watch = new Stopwatch() {
        @Override
        public long wallNanos() {
            return query.workedNanos();
        }

        @Override
        public long cpuNanos() {
            return query.workedNanos();
        }
    };
    private final ShardsKit kit = new ShardsKit(
            new QueryPlans(
                    1,
                    1,
                    Map.of(
                            QUERY,
                            new QueryPlan(
                                    1,
                                    query,
                                    List.of(SumQuery.instance(QUERY, "even", 0), SumQuery.instance(QUERY, "odd", 1)),
                                    Map.of("Reading", SumQuery.TYPE)))),
            new ShardSettings(Duration.ofMillis(100), Duration.ofHours(1), 2_000, watch));
    private long now = 1_000;
    private int messages;

    private List<String> send(String key, int value) {
        now += 10;
        String id = "m" + ++messages;
        return sums(kit.batch("in", List.of(new EventCause(id, id, SumQuery.reading(key, value, now), now))));
    }

    private static List<String> sums(List<Match> matches) {
        return matches.stream()
                .map(match -> match.instance().name() + " " + match.key() + " "
                        + match.body().replaceAll(" at .*", ""))
                .filter(match -> match.contains("sum"))
                .sorted()
                .toList();
    }

    private List<Effort> efforts() {
        return kit.shard(0).status().efforts();
    }

    @Test
    @DisplayName("Q10 instances are measured together, and one by one from the first event that takes too long")
    void shouldTakeApart() {
        send("a", 1);
        assertThat(efforts()).containsExactly(new Effort(QUERY, Effort.ALL, 1, 2 * SumQuery.WORK_NANOS));
        assertThat(send("a", SumQuery.TOIL)).containsExactly("even a sum 18 of 2", "odd a sum 18 of 2");
        assertThat(send("a", 2)).as("nothing is forgotten").containsExactly("even a sum 20 of 3", "odd a sum 20 of 3");

        assertThat(efforts())
                .contains(new Effort(QUERY, "even", 1, SumQuery.WORK_NANOS))
                .contains(new Effort(QUERY, "odd", 1, SumQuery.WORK_NANOS));
        assertThat(kit.shard(0).takeOverruns())
                .as("nobody knew whose fault it was")
                .isEmpty();
    }

    @Test
    @DisplayName("Q10 an instance that takes too long as often as the limit says is told of, with key, time and event")
    void shouldTell() {
        send("a", SumQuery.TOIL);
        send("a", SumQuery.TOIL);
        send("b", SumQuery.TOIL);
        assertThat(kit.shard(0).takeOverruns())
                .as("twice in one key is the limit")
                .isEmpty();
        send("a", SumQuery.TOIL);

        assertThat(kit.shard(0).takeOverruns()).singleElement().satisfies(overrun -> {
            assertThat(overrun.instance()).isEqualTo(ODD);
            assertThat(overrun.key()).isEqualTo("a");
            assertThat(overrun.reason()).contains("100 ms", "300 ms", "[a, 17");
        });
        assertThat(kit.shard(0).takeOverruns()).as("told once").isEmpty();
    }

    @Test
    @DisplayName("Q10 an order quarantines it for that key, with the reason, and a takeover changes nothing in that")
    void shouldObey() {
        send("a", 1);
        now += 10;
        kit.batch("ticks", List.of(new OrderCause("o1", now, ODD, "a", Order.QUARANTINE, "too slow")));

        assertThat(send("a", 2)).containsExactly("even a sum 3 of 2");
        assertThat(send("b", 2)).containsExactly("even b sum 2 of 1", "odd b sum 2 of 1");
        kit.takeOver();
        assertThat(kit.shard(0).status().quarantines()).singleElement().satisfies(trouble -> {
            assertThat(trouble.latest()).extracting(InstanceError::message).containsExactly("too slow");
            assertThat(trouble.latest()).extracting(InstanceError::exception).containsExactly(InstanceError.ORDER);
        });
        assertThat(efforts()).as("a replay is not measured").isEmpty();
    }
}
