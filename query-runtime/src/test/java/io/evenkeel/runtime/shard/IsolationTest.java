// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.OrderCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The instance "odd" of {@link SumQuery} throws at the value 13, "even" does not. */
class IsolationTest {
    private static final String QUERY = "sums";
    private static final InstanceId ODD = new InstanceId(QUERY, "odd");

    private final SumQuery query = new SumQuery(QUERY, false);
    private ShardsKit kit;
    private long now = 1_000;
    private int messages;

    @BeforeEach
    void start() {
        kit = new ShardsKit(plans(1), new ShardSettings(Duration.ofMillis(100), Duration.ofHours(1)));
    }

    private QueryPlans plans(int oddThreshold) {
        List<QueryInstance> instances =
                List.of(SumQuery.instance(QUERY, "even", 0), SumQuery.instance(QUERY, "odd", oddThreshold));
        return new QueryPlans(
                oddThreshold, 1, Map.of(QUERY, new QueryPlan(1, query, instances, Map.of("Reading", SumQuery.TYPE))));
    }

    private List<String> send(String key, int value) {
        return matches(List.of(cause(key, value)));
    }

    private EventCause cause(String key, int value) {
        now += 10;
        String id = "m" + ++messages;
        return new EventCause(id, id, SumQuery.reading(key, value, now), now);
    }

    private List<String> order(String key, Order order) {
        now += 10;
        return matches(List.of(new OrderCause("m" + ++messages, now, ODD, key, order, "")));
    }

    private List<String> matches(List<Cause> causes) {
        return kit.batch("in", causes).stream()
                .map(match -> match.instance().name() + " " + match.key() + " "
                        + match.body().replaceAll(" at .*", ""))
                .filter(match -> match.contains("sum"))
                .toList();
    }

    private List<Trouble> troubles() {
        return kit.shard(0).status().troubles();
    }

    @Test
    @DisplayName(
            "Q10 I8 an event at which an instance throws is left out for that instance alone, and recorded with its cause")
    void shouldLeaveOneEventOut() {
        assertThat(send("a", 1)).containsExactly("even a sum 1 of 1", "odd a sum 1 of 1");
        assertThat(send("a", 13)).containsExactly("even a sum 14 of 2");
        assertThat(send("a", 2)).containsExactly("even a sum 16 of 3", "odd a sum 3 of 2");
        assertThat(troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.instance()).isEqualTo(ODD);
            assertThat(trouble.key()).isEqualTo("a");
            assertThat(trouble.errors()).isEqualTo(1);
            assertThat(trouble.quarantined()).isFalse();
            InstanceError error = trouble.latest().get(0);
            assertThat(error.cause()).isEqualTo("m2");
            assertThat(error.exception()).isEqualTo("java.lang.ArithmeticException");
            assertThat(error.message()).isEqualTo("poison");
            assertThat(error.stack()).contains("SumQuery");
            assertThat(error.event()).contains("13");
        });
    }

    @Test
    @DisplayName(
            "F16 I8 an event at which the stack gives out is left out for the instance that did it, and for nobody else")
    void shouldOutliveTheStack() {
        send("a", 1);
        assertThat(send("a", SumQuery.DEEP)).containsExactly("even a sum 1000002 of 2");
        assertThat(send("a", 2)).containsExactly("even a sum 1000004 of 3", "odd a sum 3 of 2");
        assertThat(troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.instance()).isEqualTo(ODD);
            assertThat(trouble.errors()).isEqualTo(1);
            assertThat(trouble.latest().get(0).exception()).isEqualTo("java.lang.StackOverflowError");
        });
        List<Trouble> before = troubles();
        kit.takeOver();
        assertThat(troubles()).isEqualTo(before);
        assertThat(send("a", 3)).containsExactly("even a sum 1000007 of 4", "odd a sum 6 of 3");
    }

    @Test
    @DisplayName(
            "F16 an event that takes too much memory for all instances together is tried again, and nobody is blamed")
    void shouldTryAgainApart() {
        send("a", 1);
        assertThat(send("a", SumQuery.WIDE)).containsExactly("even a sum 1000004 of 2", "odd a sum 1000004 of 2");
        assertThat(troubles()).isEmpty();
    }

    @Test
    @DisplayName("F16 an event at which the stack gives out is known as such after a takeover in the middle of it")
    void shouldOutliveTheStackInAReplay() {
        send("a", 1);
        now += 10;
        List<Cause> causes = List.of(new EventCause("m9", "m9", SumQuery.reading("a", SumQuery.DEEP, now), now));
        List<Match> first = kit.deliver(new Source("in", 1, 2, 0, 0, true), causes);
        kit.takeOver();
        assertThat(kit.deliver(new Source("in", 2, 1, 0, 0, true), causes)).isEqualTo(first);
        assertThat(troubles()).extracting(Trouble::errors).containsExactly(1);
    }

    @Test
    @DisplayName("Q10 from the limit on an instance is shown no more of the key, and all of the others")
    void shouldQuarantineTheKey() {
        for (int i = 0; i < 3; i++) {
            send("a", 13);
        }
        assertThat(kit.shard(0).status().quarantines()).extracting(Trouble::key).containsExactly("a");
        assertThat(send("a", 5)).containsExactly("even a sum 44 of 4");
        assertThat(send("b", 6)).containsExactly("even b sum 6 of 1", "odd b sum 6 of 1");
        assertThat(troubles().get(0).errors()).isEqualTo(3);
    }

    @Test
    @DisplayName("Q10 an instance that throws for many keys is quarantined as a whole")
    void shouldQuarantineTheInstance() {
        for (int i = 0; i < 12; i++) {
            send("k" + i, 13);
        }
        assertThat(kit.shard(0).status().quarantines()).extracting(Trouble::key).containsExactly(Trouble.WHOLE);
        assertThat(send("z", 5)).containsExactly("even z sum 5 of 1");
    }

    @Test
    @DisplayName(
            "Q10 I2 what an instance found before it was quarantined as a whole stays, however causes fell into batches")
    void shouldKeepWhatWasFoundInTheSameBatch() {
        List<Cause> causes = new ArrayList<>();
        causes.add(cause("before", 5));
        for (int i = 0; i < 12; i++) {
            causes.add(cause("k" + i, 13));
        }
        causes.add(cause("behind", 5));
        assertThat(matches(causes))
                .contains("even before sum 5 of 1", "even behind sum 5 of 1")
                .filteredOn(match -> match.startsWith("odd"))
                .containsExactly("odd before sum 5 of 1");
        assertThat(kit.shard(0).status().quarantines()).extracting(Trouble::key).contains(Trouble.WHOLE);
        kit.takeOver();
        assertThat(send("z", 5)).containsExactly("even z sum 5 of 1");
    }

    @Test
    @DisplayName("Q10 what is known of errors survives a takeover, and the causes themselves")
    void shouldOutliveTheLog() {
        for (int i = 0; i < 3; i++) {
            send("a", 13);
        }
        send("b", 13);
        List<Trouble> before = troubles();
        kit.takeOver();
        assertThat(troubles()).isEqualTo(before);
        for (int i = 0; i < 200; i++) {
            send("c", 1);
        }
        assertThat(kit.log.read(0).get(0).sequence())
                .as("first batch in the log")
                .isGreaterThan(5);
        kit.takeOver();
        assertThat(troubles()).isEqualTo(before);
        assertThat(send("a", 5)).containsExactly("even a sum 5 of 1");
        assertThat(send("b", 5)).containsExactly("even b sum 5 of 1", "odd b sum 5 of 1");
    }

    @Test
    @DisplayName("Q10 skip lifts the quarantine and leaves the events out; the same after a takeover")
    void shouldSkip() {
        for (int i = 0; i < 3; i++) {
            send("a", 13);
        }
        send("a", 1);
        order("a", Order.SKIP);
        assertThat(kit.shard(0).status().quarantines()).isEmpty();
        assertThat(send("a", 2)).containsExactly("even a sum 42 of 5", "odd a sum 3 of 2");
        kit.takeOver();
        assertThat(send("a", 3)).containsExactly("even a sum 45 of 6", "odd a sum 6 of 3");
    }

    @Test
    @DisplayName("Q10 retry shows the events again, which throw again here")
    void shouldRetry() {
        for (int i = 0; i < 3; i++) {
            send("a", 13);
        }
        order("a", Order.RETRY);
        assertThat(troubles().get(0).errors()).as("found again").isEqualTo(3);
        now += 500;
        order("a", Order.RETRY);
        for (int i = 0; i < 40; i++) {
            send("c", 1);
        }
        order("a", Order.RETRY);
        assertThat(troubles()).as("nothing is left that could throw").isEmpty();
        assertThat(send("a", 2)).containsExactly("even a sum 2 of 1", "odd a sum 2 of 1");
    }

    @Test
    @DisplayName("Q10 an order to quarantine is obeyed, and an instance with other values begins without a record")
    void shouldObeyAndForget() {
        send("a", 1);
        order("a", Order.QUARANTINE);
        assertThat(send("a", 2)).containsExactly("even a sum 3 of 2");
        kit.takeOver();
        assertThat(send("a", 3)).containsExactly("even a sum 6 of 3");
        kit.reconfigure(plans(3));
        assertThat(troubles()).isEmpty();
        assertThat(send("a", 4)).containsExactly("even a sum 10 of 4", "odd a sum 10 of 4");
    }

    @Test
    @DisplayName("I4 an unconfirmed cause is answered the same after a takeover, whatever was found out meanwhile")
    void shouldAnswerTheSame() {
        List<Cause> causes = new ArrayList<>();
        for (int value : new int[] {1, 13, 2, 13, 13, 4}) {
            now += 10;
            String id = "m" + ++messages;
            causes.add(new EventCause(id, id, SumQuery.reading("a", value, now), now));
        }
        List<Match> first = kit.deliver(new Source("in", 1, 1, 0, 0, true), causes);
        kit.takeOver();
        List<Match> second = kit.deliver(new Source("in", 2, 1, 0, 0, true), causes);
        assertThat(second).isEqualTo(first);
        assertThat(first).extracting(Match::body).anyMatch(body -> body.startsWith("sum 3 of 2"));
    }

    @Test
    @DisplayName("Q10 where a quarantine begins does not depend on how causes were put into batches")
    void shouldBeginBehindTheCulprit() {
        List<String> single = new ArrayList<>();
        int[] values = {1, 13, 2, 13, 13, 4};
        for (int value : values) {
            single.addAll(send("a", value));
        }
        start();
        List<Cause> causes = new ArrayList<>();
        for (int value : values) {
            now += 10;
            String id = "m" + ++messages;
            causes.add(new EventCause(id, id, SumQuery.reading("a", value, now), now));
        }

        assertThat(matches(causes)).isEqualTo(single);
        kit.takeOver();
        assertThat(send("a", 5)).containsExactly("even a sum 51 of 7");
        order("a", Order.SKIP);
        assertThat(send("a", 6)).containsExactly("even a sum 57 of 8", "odd a sum 18 of 5");
    }
}
