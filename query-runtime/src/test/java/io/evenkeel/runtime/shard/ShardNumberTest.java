// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Repeat a failure with {@code -Devenkeel.numbers.seed=N}. */
class ShardNumberTest {
    private static final EventType TYPE = new EventType(
            "A", "", List.of(new EventType.Field("k", FieldType.STRING), new EventType.Field("v", FieldType.INTEGER)));
    private static final SortedMap<String, String> QUERIES = new TreeMap<>(Map.of(
            "silent", "select a.v as v from pattern [every a=A(v > 3) -> (timer:interval(2 sec) and not A)]",
            "sums", "select k, count(*) as n, sum(v) as s from A",
            "last", "select v, prev(1, v) as p from A",
            "batches", "select sum(v) as s from A#time_batch(1 sec, 0L)"));

    private static final long SEED = Long.getLong("evenkeel.numbers.seed", new Random().nextInt(Integer.MAX_VALUE));

    private static QueryPlans plans(int shards) {
        Map<String, QueryPlan> plans = new TreeMap<>();
        QUERIES.forEach((name, epl) -> {
            QueryDefinition query = new QueryDefinition(
                    name,
                    "",
                    List.of(),
                    List.of(new QueryInput("A", List.of("k"), Duration.ofSeconds(4), null, null, Duration.ZERO)),
                    epl,
                    1,
                    new QueryDefinition.Output("M", "queue:m"));
            plans.put(
                    name,
                    new QueryPlan(
                            1,
                            new EsperQueryCompiler().compile(query, Map.of("A", TYPE)),
                            List.of(new QueryInstance(new InstanceId(name, "one"), new TreeMap<>())),
                            Map.of("A", TYPE)));
        });
        return new QueryPlans(1, shards, plans);
    }

    /** Batches of a queue as a broker stamped them, with the ticks that came in between. */
    private static List<List<Cause>> recorded(Random random) {
        List<List<Cause>> batches = new ArrayList<>();
        long now = 1_600_000_000_000L;
        for (int i = 0; i < 150; i++) {
            List<Cause> batch = new ArrayList<>();
            for (int n = 1 + random.nextInt(8); n > 0; n--) {
                String id = "m" + i + "-" + n;
                Event event = new Event(TYPE, new @Nullable Object[] {"k" + random.nextInt(40), random.nextInt(9)});
                batch.add(new EventCause(id, id, event, now));
                now += random.nextInt(3) * 40L;
            }
            batches.add(batch);
            now += random.nextInt(10) == 0 ? 5_000 : random.nextInt(300);
            if (random.nextInt(3) == 0) {
                batches.add(List.of(new TickCause("t" + i, now, now, new TreeMap<>())));
            }
        }
        batches.add(List.of(new TickCause("end", now + 60_000, now + 60_000, new TreeMap<>())));
        return batches;
    }

    /** By query and key, the bodies in their order. */
    private static SortedMap<String, List<String>> run(int shards, List<List<Cause>> batches) {
        SortedMap<String, List<String>> bodies = new TreeMap<>();
        ShardsKit kit = new ShardsKit(plans(shards), ShardSettings.DEFAULT);
        for (int i = 0; i < batches.size(); i++) {
            if (i == batches.size() / 2) {
                kit.takeOver();
            }
            List<Cause> batch = batches.get(i);
            for (Match match : kit.batch(batch.get(0) instanceof TickCause ? "ticks" : "in", batch)) {
                bodies.computeIfAbsent(match.instance().query() + " " + match.key(), lane -> new ArrayList<>())
                        .add(match.body());
            }
        }
        return bodies;
    }

    @Test
    @DisplayName("Q13 in arrival time as recorded, matches of 1, 8, 32 and 271 shards are the same, timers and absences"
            + " included, and in the same order for each key")
    void shouldNotMatter() {
        System.out.println("seed " + SEED);
        List<List<Cause>> batches = recorded(new Random(SEED));
        SortedMap<String, List<String>> one = run(1, batches);
        assertThat(one.keySet().stream().map(lane -> lane.split(" ")[0]).distinct())
                .as("queries with matches, else this shows nothing")
                .containsExactlyElementsOf(QUERIES.keySet());
        for (int shards : new int[] {8, 32, 271}) {
            assertThat(run(shards, batches))
                    .as("%d shards, seed %d", shards, SEED)
                    .isEqualTo(one);
        }
    }
}
