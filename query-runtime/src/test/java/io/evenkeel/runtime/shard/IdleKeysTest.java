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
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A million with {@code -Devenkeel.keys=1000000}. */
class IdleKeysTest {
    private static final int KEYS = Integer.getInteger("evenkeel.keys", 100_000);
    private static final int BATCH = 250;
    private static final EventType TYPE = new EventType(
            "A", "", List.of(new EventType.Field("k", FieldType.STRING), new EventType.Field("v", FieldType.INTEGER)));

    private long now = 1_000;
    private int keys;

    private static QueryPlans plans(String epl) {
        QueryDefinition definition = new QueryDefinition(
                "counts",
                "",
                List.of(),
                List.of(new QueryInput("A", List.of("k"), Duration.ofSeconds(1), null, null, Duration.ZERO)),
                epl,
                1,
                new QueryDefinition.Output("Count", "queue:counts"));
        CompiledQuery compiled = new EsperQueryCompiler().compile(definition, Map.of("A", TYPE));
        QueryInstance instance = new QueryInstance(new InstanceId("counts", "one"), new TreeMap<>());
        return new QueryPlans(1, 1, Map.of("counts", new QueryPlan(1, compiled, List.of(instance), Map.of("A", TYPE))));
    }

    private EventCause cause(String key) {
        String id = "m" + key + "-" + now;
        return new EventCause(id, id, new Event(TYPE, new @Nullable Object[] {key, 1}), now);
    }

    /** So many keys that nobody has seen before, each once. */
    private void comeAndGo(ShardsKit kit, int count) {
        for (int i = 0; i < count; i += BATCH) {
            now += 100;
            List<EventCause> batch = new ArrayList<>();
            for (int n = 0; n < BATCH; n++) {
                batch.add(cause("k" + keys++));
            }
            kit.batch("in", batch);
            kit.replies.clear();
        }
    }

    /** Time passes, and nothing but one key goes on. */
    private void quieten(ShardsKit kit) {
        for (int i = 0; i < 200; i++) {
            now += 100;
            kit.batch("in", List.of(cause("always")));
            kit.replies.clear();
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /**
     * The JIT holds the class that it compiles, and by that class's static fields the whole engine that Esper
     * generated it for, closed or not: up to 40 MB for as long as one compilation lasts, seconds where cores are
     * scarce. What a key leaves behind does not go away by waiting.
     */
    private static long usedHeapOnceBelow(long limit) {
        long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        long used = usedHeap();
        while (used >= limit && System.nanoTime() < patience) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            used = usedHeap();
        }
        return used;
    }

    @Test
    @DisplayName(
            "Q9 keys that come and go leave no memory behind, and the windows of those that stay are not disturbed")
    void shouldEndIdleKeys() {
        // What the last event said needs a partition for each key.
        assertThat(shouldForget("select k, count(*) as n, last(v) as s from A")).isPositive();
    }

    @Test
    @DisplayName("Q9 where groups stand for partitions, keys leave no memory behind by themselves")
    void shouldForgetGroups() {
        assertThat(shouldForget("select k, count(*) as n, sum(v) as s from A")).isZero();
    }

    /** Gives the number of engines that were opened anew for it. */
    private long shouldForget(String epl) {
        ShardsKit kit = new ShardsKit(plans(epl), new ShardSettings(Duration.ofSeconds(1), Duration.ofHours(1)));
        // The first round has the JVM's own growth in it, and what it holds softly.
        comeAndGo(kit, KEYS / 4);
        quieten(kit);
        long first = usedHeap();
        comeAndGo(kit, KEYS / 4);
        quieten(kit);
        long before = usedHeapOnceBelow(first + first / 20);
        long begun = System.nanoTime();
        comeAndGo(kit, KEYS);
        long took = (System.nanoTime() - begun) / 1_000_000;
        now++;
        List<Match> visible = kit.batch("in", List.of(cause("k" + (keys - 1))));
        quieten(kit);
        long limit = before + before / 20;
        long after = usedHeapOnceBelow(limit);
        System.out.printf(
                "%d keys in %d ms, %d rebuilds, heap %d kB before and %d kB after%n",
                KEYS, took, kit.shard(0).rebuilt(), before / 1024, after / 1024);
        assertThat(visible).extracting(Match::body).anyMatch(body -> body.contains("\"n\":2"));
        assertThat(after).isLessThan(limit);
        return kit.shard(0).rebuilt();
    }
}
