// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInput.SourceTime;
import io.evenkeel.runtime.shard.Cause.EventCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTimeTest {
    private static final ShardSettings SETTINGS = new ShardSettings(Duration.ofMillis(100), Duration.ofHours(1));

    private int messages;

    private static QueryInput input(String event, SourceTime time) {
        return new QueryInput(event, List.of("key"), Duration.ofSeconds(1), null, null, Duration.ZERO).on(time);
    }

    private static SourceTime waiting(long ms) {
        return SourceTime.of("at", Duration.ofMillis(ms));
    }

    private EventCause cause(EventType type, String key, long at, long ingress) {
        String id = "m" + ++messages;
        return new EventCause(id, id, EchoQuery.event(type, key, id, at), ingress);
    }

    private static List<String> bodies(List<Match> matches) {
        return matches.stream().map(Match::body).toList();
    }

    @Test
    @DisplayName(
            "Q5 an event is shown when source time has passed it by the wait, and what comes out of order within it in order")
    void shouldOrderWithinTheWait() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(input("A", waiting(10))).plans(1), SETTINGS);
        assertThat(kit.batch("a", List.of(cause(EchoQuery.A, "k", 100, 1), cause(EchoQuery.A, "k", 95, 2))))
                .as("acknowledged when logged, and held")
                .isEmpty();
        assertThat(kit.shard(0).status().held()).isEqualTo(2);
        assertThat(bodies(kit.batch("a", List.of(cause(EchoQuery.A, "k", 108, 3)))))
                .containsExactly("A m2 at 95");
        assertThat(bodies(kit.batch("a", List.of(cause(EchoQuery.A, "k", 99, 4), cause(EchoQuery.A, "k", 118, 5)))))
                .containsExactly("A m4 at 99", "A m1 at 100", "A m3 at 108");
        assertThat(kit.late()).isEmpty();
    }

    @Test
    @DisplayName(
            "Q5 an event later than the wait is not shown but told of, again when it is delivered again, and after a takeover")
    void shouldTellOfLateEvents() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(input("A", waiting(10))).plans(1), SETTINGS);
        kit.batch("a", List.of(cause(EchoQuery.A, "k", 100, 1)));
        EventCause late = cause(EchoQuery.A, "k", 87, 2);
        Source source = new Source("a", 1, 2, 1, 0, true);
        kit.deliver(source, List.of(late));
        LateEvent told = new LateEvent(EchoQuery.NAME, late.messageId(), 3);
        assertThat(kit.late()).containsExactly(told);
        assertThat(kit.shard(0).status().late()).isEqualTo(1);

        kit.deliver(new Source("a", 2, 1, 0, 0, true), List.of(late));
        assertThat(kit.late()).as("delivered again").containsExactly(told, told);
        kit.takeOver();
        kit.deliver(new Source("a", 3, 1, 0, 0, true), List.of(late));
        assertThat(kit.late()).as("delivered again to another owner").containsExactly(told, told, told);
        kit.deliver(new Source("a", 3, 2, 1, 0, true), List.of(late));
        assertThat(kit.late()).as("confirmed").hasSize(3);
    }

    @Test
    @DisplayName(
            "Q5 an event in the wait is in time even if a tick or another queue has told shards of a batch that is not logged")
    void shouldNotTrustWhatOneShardKnows() {
        ShardsKit kit = new ShardsKit(EchoQuery.of(input("A", waiting(0))).plans(8), SETTINGS);
        kit.batch("a", List.of(cause(EchoQuery.A, "k1", 100, 1)));
        EventCause first = cause(EchoQuery.A, "k1", 110, 2);
        EventCause second = cause(EchoQuery.A, "k2", 105, 3);
        kit.batch("a", List.of(first, second));
        assertThat(kit.late())
                .extracting(LateEvent::messageId)
                .as("out of order without a wait, whichever shards they are in")
                .containsExactly(second.messageId());
    }

    @Test
    @DisplayName(
            "Q5 the slowest input decides; heartbeats advance a silent one, and one that is idle for long does not count")
    void shouldWaitForTheSlowest() {
        SourceTime beating = new SourceTime("at", Duration.ZERO, Duration.ofSeconds(60), "Beat");
        ShardsKit kit = new ShardsKit(
                EchoQuery.of(input("A", waiting(0)), input("B", beating)).plans(1), SETTINGS);
        assertThat(kit.batch("a", List.of(cause(EchoQuery.A, "k", 100, 1_000)))).isEmpty();
        assertThat(kit.tick("t1", 2_000)).as("B was never seen").isEmpty();
        kit.batch("beats", List.of(cause(EchoQuery.BEAT, "k", 100, 2_000)));
        assertThat(kit.tick("t2", 2_000)).as("B may still have an event at 100").isEmpty();
        kit.batch("beats", List.of(cause(EchoQuery.BEAT, "k", 101, 2_100)));
        assertThat(kit.shard(0).timerIsDue(2_100, kit.watermarks()))
                .as("A is at 100")
                .isFalse();
        assertThat(bodies(kit.batch("a", List.of(cause(EchoQuery.A, "k", 200, 3_000)))))
                .containsExactly("A m1 at 100");
        assertThat(kit.tick("t3", 62_000))
                .as("B is silent, but not for long enough")
                .isEmpty();
        assertThat(kit.tick("t4", 62_200))
                .as("A is at 200, another event of it may come")
                .isEmpty();
        kit.batch("a", List.of(cause(EchoQuery.A, "k", 201, 62_300)));
        assertThat(bodies(kit.tick("t5", 62_400))).containsExactly("A m4 at 200");
    }

    @Test
    @DisplayName("I6 N14 what is held stays in the log, and so does what an unconfirmed cause released")
    void shouldKeepWhatIsHeld() {
        ShardsKit kit =
                new ShardsKit(EchoQuery.of(input("A", waiting(1_000_000))).plans(1), SETTINGS);
        EventCause early = cause(EchoQuery.A, "k", 1_000, 1);
        kit.batch("a", List.of(early));
        for (int i = 0; i < 64; i++) {
            kit.batch("a", List.of(cause(EchoQuery.A, "k", 2_000_000 + i, 1_000 * (i + 2))));
            kit.confirm("a");
        }
        assertThat(kit.shard(0).status().held())
                .as("the first is late, all others are held")
                .isEqualTo(64);
        assertThat(kit.batchesInLog()).isGreaterThanOrEqualTo(64);
        kit.takeOver();
        assertThat(kit.shard(0).status().held()).isEqualTo(64);

        EventCause far = cause(EchoQuery.A, "k", 3_500_000, 1_000_000);
        assertThat(kit.deliver(new Source("a", 9, 1, 0, 0, true), List.of(far))).hasSize(64);
        for (int i = 0; i < 40; i++) {
            kit.batch("other", List.of(cause(EchoQuery.A, "k", 3_500_000, 1_000_100 + 1_000L * i)));
        }
        kit.takeOver();
        assertThat(kit.deliver(new Source("a", 10, 1, 0, 0, true), List.of(far)))
                .as("matches of a release that nobody confirmed")
                .hasSize(64);
        kit.batch("other", List.of());
        kit.deliver(new Source("a", 10, 2, 1, 2_000, true), List.of());
        for (int i = 0; i < 40; i++) {
            kit.batch("other", List.of(cause(EchoQuery.A, "k", 4_700_000, 2_000_100 + 1_000L * i)));
            kit.confirm("other");
        }
        assertThat(kit.batchesInLog()).as("confirmed and out of every window").isLessThan(64 + 40);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 32, 271})
    @DisplayName(
            "Q13 what is shown, and in which order for each key, depends on no number of shards and no interleaving of queues")
    void shouldNotDependOnShards(int shards) {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            List<EventCause> a = events(EchoQuery.A, random, 40);
            List<EventCause> b = events(EchoQuery.B, random, 25);
            ShardsKit kit = new ShardsKit(
                    EchoQuery.of(input("A", waiting(40)), input("B", waiting(15)))
                            .plans(shards),
                    SETTINGS);
            List<Match> matches = new ArrayList<>();
            int fromA = 0;
            int fromB = 0;
            Random schedule = new Random(seed * 31 + shards);
            while (fromA < a.size() || fromB < b.size()) {
                int size = 1 + schedule.nextInt(6);
                if (fromB == b.size() || fromA < a.size() && schedule.nextBoolean()) {
                    matches.addAll(kit.batch("a", a.subList(fromA, Math.min(a.size(), fromA + size))));
                    fromA = Math.min(a.size(), fromA + size);
                } else {
                    matches.addAll(kit.batch("b", b.subList(fromB, Math.min(b.size(), fromB + size))));
                    fromB = Math.min(b.size(), fromB + size);
                }
                if (schedule.nextInt(6) == 0) {
                    matches.addAll(kit.tick("t" + fromA + "-" + fromB, 0));
                }
            }
            matches.addAll(kit.batch("a", List.of(cause(EchoQuery.A, "end", 10_000, 0))));
            matches.addAll(kit.batch("b", List.of(cause(EchoQuery.B, "end", 10_000, 0))));
            matches.addAll(kit.tick("end", 0));
            assertThat(kit.late()).as("seed %d", seed).isEmpty();
            assertThat(byKey(matches)).as("seed %d", seed).isEqualTo(expected(a, b));
        }
    }

    /** Out of order by less than 15 ms, and often at the same time. */
    private List<EventCause> events(EventType type, Random random, int count) {
        List<EventCause> events = new ArrayList<>();
        long now = 100;
        for (int i = 0; i < count; i++) {
            now += random.nextInt(8);
            events.add(cause(type, "k" + random.nextInt(4), now - random.nextInt(15), 0));
        }
        return events;
    }

    private static Map<String, List<String>> expected(List<EventCause> a, List<EventCause> b) {
        List<EventCause> all = new ArrayList<>(a);
        all.addAll(b);
        all.sort(Comparator.comparingLong(cause -> (Long) cause.event().values()[2]));
        Map<String, List<String>> byKey = new TreeMap<>();
        for (EventCause cause : all) {
            byKey.computeIfAbsent(String.valueOf(cause.event().values()[0]), key -> new ArrayList<>())
                    .add(cause.event().type().name() + " " + cause.messageId() + " at "
                            + cause.event().values()[2]);
        }
        return byKey;
    }

    private static Map<String, List<String>> byKey(List<Match> matches) {
        Map<String, List<String>> byKey = new TreeMap<>();
        for (Match match : matches) {
            byKey.computeIfAbsent(match.key(), key -> new ArrayList<>()).add(match.body());
        }
        return byKey;
    }
}
