// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.shard.Cause.EventCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetainedHistoryTest {
    private static final ShardSettings SHORT = new ShardSettings(Duration.ofMillis(100), Duration.ofHours(1));
    private static final ShardSettings LONG = new ShardSettings(Duration.ofDays(1), Duration.ofHours(1));

    private int messages;

    private static QueryInput retaining(String event, @Nullable Duration within, int retain) {
        return new QueryInput(event, List.of("key"), within, retain, null, Duration.ZERO);
    }

    private EventCause cause(EventType type, String key, String text, long ingress) {
        String id = "m" + ++messages;
        return new EventCause(id, id, EchoQuery.event(type, key, text, 0), ingress);
    }

    private static int causesInLog(ShardsKit kit) {
        return kit.log.read(0).stream()
                .mapToInt(batch -> batch.request().causes().size())
                .sum();
    }

    @Test
    @DisplayName(
            "I6 Q9 the events of a rare key that a window by number holds stay in the log alone, not with all after them")
    void shouldCleanTheLog() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(retaining("A", null, 2)).plans(1), SHORT);
        long now = 1_000;
        kit.batch("in", List.of(cause(EchoQuery.A, "rare", "x", now), cause(EchoQuery.A, "rare", "y", now)));
        for (int i = 0; i < 2_000; i++) {
            now += 50;
            kit.batch(
                    "in",
                    List.of(
                            cause(EchoQuery.A, "busy", "a" + i, now),
                            cause(EchoQuery.A, "busy", "b" + i, now),
                            cause(EchoQuery.A, "busy", "c" + i, now)));
        }
        assertThat(kit.shard(0).cleanings()).isPositive();
        assertThat(causesInLog(kit)).as("of 6002").isLessThan(600);
        kit.takeOver();
        assertThat(kit.batch("in", List.of(cause(EchoQuery.A, "rare", "z", now + 1))))
                .extracting(Match::body)
                .containsExactly("A z at " + (now + 1) + " y z");
    }

    @ParameterizedTest
    @CsvSource({"in.detour, true", "in, false"})
    @DisplayName("F6 what came from a detour and nobody confirmed holds the log for a day, not until the next detour")
    void shouldSettleDetoursByAge(String queue, boolean settled) {
        ShardsKit kit = new ShardsKit(EchoQuery.of(retaining("A", null, 2)).plans(1), SHORT);
        long now = 1_000;
        // The node that read it died between its commit and the next request.
        kit.deliver(new Source(queue, 1, 1, 0, 0, true), List.of(cause(EchoQuery.A, "k", "x", now)));
        for (int i = 0; i < 200; i++) {
            now += Duration.ofMinutes(10).toMillis();
            kit.batch("other", List.of(cause(EchoQuery.A, "k", "y" + i, now)));
        }
        kit.confirm("other");

        assertThat(kit.shard(0).status().unconfirmed()).isEqualTo(settled ? 0 : 1);
        assertThat(causesInLog(kit) < 100).isEqualTo(settled);
    }

    @ParameterizedTest
    @CsvSource({"10, 11", "19, 20", "20, 20", "40, 20"})
    @DisplayName("I4 what a dead session left is settled by those since, though none of them gets far alone")
    void shouldSettleByManySessions(int sessions, int unconfirmed) {
        ShardsKit kit = new ShardsKit(EchoQuery.of(retaining("A", null, 2)).plans(1), SHORT);
        long now = 1_000;
        kit.deliver(new Source("in", 1, 1, 0, 0, true), List.of(cause(EchoQuery.A, "k", "x", now)));
        for (int session = 2; session < 2 + sessions; session++) {
            for (int batch = 1; batch <= 2; batch++) {
                now += Duration.ofMinutes(10).toMillis();
                kit.deliver(
                        new Source("in", session, batch, batch - 1, 100L * (batch - 1), true),
                        List.of(cause(EchoQuery.A, "k", "y" + now, now)));
            }
            kit.takeOver();
        }

        // The last batch of each session is open. With those of twenty sessions two thousand messages are committed.
        assertThat(kit.shard(0).status().unconfirmed()).isEqualTo(unconfirmed);
    }

    @Test
    @DisplayName("I6 what an idle queue had committed is known to the next owner, and pins no log while others go on")
    void shouldKeepWhatAnIdleQueueCommitted() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(retaining("A", null, 2)).plans(1), SHORT);
        long now = 1_000;
        kit.batch("weekly", List.of(cause(EchoQuery.A, "w", "x", now)));
        kit.confirm("weekly");
        kit.takeOver();
        assertThat(kit.shard(0).status().unconfirmed()).isZero();

        for (int i = 0; i < 200; i++) {
            now += Duration.ofMinutes(10).toMillis();
            kit.batch("busy", List.of(cause(EchoQuery.A, "k", "y" + i, now)));
            kit.takeOver();
        }
        assertThat(kit.shard(0).status().unconfirmed())
                .as("the last one of busy")
                .isEqualTo(1);
        assertThat(causesInLog(kit)).isLessThan(100);
        assertThat(kit.batch("weekly", List.of(cause(EchoQuery.A, "w", "z", now + 1))))
                .extracting(Match::body)
                .containsExactly("A z at " + (now + 1) + " x z");
    }

    @Test
    @DisplayName("I4 what is logged after that and not committed is answered by the next owner")
    void shouldNotTakeWhatIsOpenForCommitted() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(retaining("A", null, 2)).plans(1), SHORT);
        kit.batch("weekly", List.of(cause(EchoQuery.A, "w", "x", 1_000)));
        kit.confirm("weekly");
        EventCause open = cause(EchoQuery.A, "w", "y", 2_000);
        List<Match> matches = kit.batch("weekly", List.of(open));
        kit.takeOver();

        assertThat(kit.shard(0).status().unconfirmed()).isEqualTo(1);
        assertThat(kit.deliver(new Source("weekly", 2, 1, 0, 0, true), List.of(open)))
                .extracting(Match::id)
                .containsExactlyElementsOf(matches.stream().map(Match::id).toList());
    }

    @Test
    @DisplayName("I4 what relaxed sessions left is not settled by those that follow on the same queue, made strict")
    void shouldNotSettleRelaxedSessions() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(retaining("A", null, 2)).plans(1), SHORT);
        kit.deliver(new Source("in", 1, 1, 0, 0, false), List.of(cause(EchoQuery.A, "k", "x", 1_000)));
        kit.deliver(new Source("in", 2, 1, 0, 0, true), List.of(cause(EchoQuery.A, "k", "y", 1_001)));

        kit.deliver(new Source("in", 3, 1, 0, 5_000, true), List.of());

        assertThat(kit.shard(0).status().unconfirmed()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"false, 60", "true, 160"})
    @DisplayName(
            "I6 Q9 a takeover shows a query what its windows reach at the oldest unconfirmed cause, of a longer log")
    void shouldReplayWhatWindowsReach(boolean unconfirmed, int atMost) {
        EchoQuery query =
                EchoQuery.of(new QueryInput("A", List.of("key"), Duration.ofSeconds(60), null, null, Duration.ZERO));
        ShardsKit kit = new ShardsKit(query.plans(1), LONG);
        long now = 1_000;
        for (int i = 0; i < 1_000; i++) {
            now += 1_000;
            if (unconfirmed && i == 900) {
                kit.deliver(new Source("other", 1, 1, 0, 0, true), List.of(cause(EchoQuery.A, "k", "once", now)));
            }
            kit.batch("in", List.of(cause(EchoQuery.A, "k", "v" + i, now)));
        }
        kit.confirm("in");
        int live = query.applied().get();
        kit.takeOver();

        assertThat(causesInLog(kit)).as("kept for their ids").isGreaterThan(999);
        assertThat(query.applied().get() - live).isBetween(atMost - 5, atMost + 5);
    }

    @Test
    @DisplayName("a fenced writer cleans nothing")
    void shouldNotCleanWhenFenced() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(retaining("A", null, 2)).plans(1), SHORT);
        kit.batch("in", List.of(cause(EchoQuery.A, "k", "x", 1)));
        kit.log.claim(0, "other");
        kit.log.clean(0, 1, 1, 1, List.of());
        assertThat(causesInLog(kit)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "Q4 Q7 windows by number, and of the newest by value, are the same after any takeover of a cleaned log")
    void shouldBeTheSameAfterTakeovers(boolean unique) {
        int cleanings = 0;
        for (long seed = 1; seed <= 25; seed++) {
            QueryInput a = retaining("A", null, 3).newestOf(unique ? List.of("text") : List.of());
            QueryInput b = retaining("B", Duration.ofMillis(400), 2);
            EchoQuery query = EchoQuery.of(a, b);
            ShardsKit kit = new ShardsKit(query.plans(1), SHORT);
            ShardsKit oracle = new ShardsKit(query.plans(1), LONG);
            Random random = new Random(seed);
            long now = 1_000;
            for (int i = 0; i < 300; i++) {
                List<EventCause> batch = new ArrayList<>();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    now += random.nextInt(15);
                    boolean rare = random.nextInt(20) == 0;
                    batch.add(cause(
                            random.nextInt(3) == 0 ? EchoQuery.B : EchoQuery.A,
                            (rare ? "rare" : "k") + random.nextInt(rare ? 10 : 3),
                            "v" + random.nextInt(5),
                            now));
                }
                if (random.nextInt(40) == 0) {
                    cleanings += (int) kit.shard(0).cleanings();
                    kit.takeOver();
                }
                assertThat(kit.batch("in", batch))
                        .as("seed %d, batch %d", seed, i)
                        .isEqualTo(oracle.batch("in", batch));
            }
        }
        assertThat(cleanings).as("cleanings, else this shows nothing").isPositive();
    }
}
