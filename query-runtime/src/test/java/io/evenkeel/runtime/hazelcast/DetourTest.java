// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.partition.Partition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.OwnerStep;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.Source;
import io.evenkeel.runtime.shard.SumQuery;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A real member that does nothing any more, as far as that can be had in one process: the threads of its shards and those
 * that answer are all taken. It still beats for the grid.
 */
@Timeout(120)
class DetourTest {
    private static final int SHARDS = 16;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final boolean STRICT = Boolean.getBoolean("evenkeel.strict");
    /** 1 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given half of what who waits is given. */
    private static final Duration NO_WAIT = STRICT ? Duration.ofSeconds(1) : DEADLINE.dividedBy(2);

    private static final SumQuery QUERY = new SumQuery("sums", false);
    private static final List<QueryInstance> INSTANCES = List.of(SumQuery.instance("sums", "all", 0));
    private static final QueryPlans PLANS = new QueryPlans(
            1, SHARDS, Map.of("sums", new QueryPlan(1, QUERY, INSTANCES, Map.of("Reading", SumQuery.TYPE))));

    /** Threads of the frozen member. */
    private static final Set<Thread> HANGING = ConcurrentHashMap.newKeySet();

    private static volatile CountDownLatch thaw = new CountDownLatch(1);
    private long batches;
    private int number;

    @BeforeEach
    void begin() {
        thaw = new CountDownLatch(1);
        HANGING.clear();
    }

    @Test
    @DisplayName(
            "F6 relaxed: while a member is frozen, its shards take a detour and the others answer; each match comes once")
    void shouldGoAroundFrozenMember() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            List<ShardHost> hosts = hostsOn(grid);
            ShardRouter router = new ShardRouter(grid.member(0), hosts.get(0), () -> PLANS, DEADLINE);
            List<Match> matches = new ArrayList<>();
            List<String> published = new ArrayList<>();
            long first = router.nextRelaxedGeneration("in");
            List<Cause> before = batch(100, published);
            matches.addAll(router.process(relaxed(first), before, Map.of()).matches());

            freeze(grid, 2);
            List<Cause> causes = batch(200, published);
            long begun = System.nanoTime();
            assertThatThrownBy(() -> router.process(relaxed(first), causes, Map.of()))
                    .isInstanceOfSatisfying(
                            RoutingFailedException.class,
                            e -> assertThat(e.atOnce()).isTrue());
            long second = router.nextRelaxedGeneration("in");
            Routed routed = router.process(relaxed(second), causes, Map.of());
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(STRICT ? Duration.ofSeconds(5) : DEADLINE);
            assertThat(second).isNotEqualTo(first);
            matches.addAll(routed.matches());
            Set<Integer> aside = new TreeSet<>();
            routed.detours().values().forEach(aside::addAll);
            assertThat(aside).isNotEmpty().hasSizeLessThan(SHARDS);
            assertThat(routed.detours()).hasSizeLessThan(causes.size());
            assertThat(router.detour("in")).containsAll(aside);
            assertThat(router.detourMayEnd("in")).isFalse();
            // Again, with no wait at all.
            begun = System.nanoTime();
            List<Cause> more = batch(100, published);
            Routed next = router.process(relaxed(second), more, Map.of());
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(NO_WAIT);
            matches.addAll(next.matches());

            // The detour's receiver is strict, and waits.
            List<Cause> detoured = new ArrayList<>(causes);
            detoured.addAll(more);
            Map<String, List<Integer>> only = new HashMap<>(routed.detours());
            only.putAll(next.detours());
            detoured.removeIf(cause -> !only.containsKey(cause.messageId()));
            long generation = 1;
            CompletableFuture<Routed> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return router.process(new Source("in.detour", generation, 1, 0, 0, true), detoured, Map.of(), only);
                } catch (RoutingFailedException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            assertThat(waiting).isNotDone();
            thaw.countDown();
            matches.addAll(waiting.get(30, TimeUnit.SECONDS).matches());
            await("everybody to answer", () -> router.detourMayEnd("in"));
            router.detourEnded("in");
            List<Cause> after = batch(100, published);
            Routed last = router.process(relaxed(second), after, Map.of());
            assertThat(last.detours()).isEmpty();
            matches.addAll(last.matches());

            assertThat(matches).extracting(Match::id).doesNotHaveDuplicates();
            // A cause names its shard, too.
            assertThat(matches.stream().map(match -> match.cause().replaceAll("@.*", "")))
                    .containsExactlyInAnyOrderElementsOf(published);
        }
    }

    @Test
    @DisplayName("a shard whose backup hangs holds no other shard up, not even those of one request with it")
    void shouldNotHoldOthersUp() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            List<ShardHost> hosts = hostsOn(grid);
            ShardRouter router = new ShardRouter(grid.member(0), hosts.get(0), () -> PLANS, DEADLINE);
            List<String> published = new ArrayList<>();
            router.process(strict("other", 1), batch(100, published), Map.of());
            router.process(relaxed(1), batch(100, published), Map.of());

            freeze(grid, 2);
            CompletableFuture<Void> hanging = CompletableFuture.runAsync(() -> {
                try {
                    router.process(strict("other", 1), batch(100, new ArrayList<>()), Map.of());
                } catch (RoutingFailedException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            List<Cause> causes = batch(50, published);
            assertThatThrownBy(() -> router.process(relaxed(1), causes, Map.of()))
                    .isInstanceOf(RoutingFailedException.class);
            long begun = System.nanoTime();
            router.process(relaxed(2), causes, Map.of());

            // That it returned while the member was frozen tells that it did not wait for it.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(NO_WAIT);
            assertThat(hanging).isNotDone();
            thaw.countDown();
            hanging.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName(
            "who is known to be silent is not waited for again: the batch of another queue is given up before it is asked for")
    void shouldNotWaitForWhoIsKnownToBeSilent() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            AtomicInteger served = new AtomicInteger();
            List<ShardHost> hosts = hostsOn(grid, step -> {
                if (step == OwnerStep.APPLIED) {
                    served.incrementAndGet();
                }
            });
            ShardRouter router = new ShardRouter(grid.member(0), hosts.get(0), () -> PLANS, DEADLINE);
            List<String> published = new ArrayList<>();
            router.process(relaxed(1), batch(100, published), Map.of());
            freeze(grid, 2);
            List<Cause> first = batch(100, published);
            assertThatThrownBy(() -> router.process(relaxed(1), first, Map.of()))
                    .isInstanceOf(RoutingFailedException.class);
            HeardNodes heard = HeardNodes.of(grid.member(0));
            await("the silence to be known", () -> {
                heard.ask();
                return !heard.silent(Detours.PATIENCE_NANOS).isEmpty();
            });
            int before = served.get();

            Source other = new Source("other", 1, 1, 0, 0, false);
            List<Cause> second = batch(100, published);
            assertThatThrownBy(() -> router.process(other, second, Map.of()))
                    .isInstanceOfSatisfying(
                            RoutingFailedException.class,
                            e -> assertThat(e.atOnce()).isTrue());

            assertThat(served).hasValue(before);
            thaw.countDown();
        }
    }

    @Test
    @DisplayName("who does what it is asked is not silent, though its signs of life are lost: nothing takes a detour")
    void shouldTakeAnyAnswerForASignOfLife() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            ShardRouter router = new ShardRouter(grid.member(0), hostsOn(grid).get(0), () -> PLANS, DEADLINE);
            HazelcastInstance mute = grid.member(2);
            mute.getExecutorService(Grid.LIFE)
                    .executeOnMember(new Frozen(), mute.getCluster().getLocalMember());
            await("its signs of life to hang", () -> HANGING.size() == 1);
            HeardNodes heard = HeardNodes.of(grid.member(0));
            heard.ask();
            await(
                    "it to owe one for long",
                    () -> !heard.silent(Detours.PATIENCE_NANOS).isEmpty());

            // Not asked of a relaxed receiver, who would not wait for it now.
            router.process(strict("other", 1), batch(100, new ArrayList<>()), Map.of());

            assertThat(heard.silent(0)).isEmpty();
            assertThat(router.process(relaxed(1), batch(100, new ArrayList<>()), Map.of())
                            .detours())
                    .isEmpty();
            thaw.countDown();
        }
    }

    private synchronized List<Cause> batch(int size, List<String> published) {
        List<Cause> causes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int n = number++;
            causes.add(new Cause.EventCause("m" + n, "m" + n, SumQuery.reading("k" + n * 31 % 40, 1, n), 1_000 + n));
            published.add("m" + n);
        }
        return causes;
    }

    private synchronized Source relaxed(long generation) {
        batches++;
        return new Source("in", generation, batches, 0, 0, false);
    }

    private synchronized Source strict(String queue, long generation) {
        batches++;
        return new Source(queue, generation, batches, 0, 0, true);
    }

    private static List<ShardHost> hostsOn(TestGrid grid) {
        return hostsOn(grid, step -> {});
    }

    private static List<ShardHost> hostsOn(TestGrid grid, Consumer<OwnerStep> steps) {
        List<ShardHost> hosts = new ArrayList<>();
        for (int i = 0; i < grid.members().size(); i++) {
            hosts.add(new ShardHost(grid.member(i), grid.settings(i), ShardSettings.DEFAULT, revision -> PLANS, steps));
        }
        return hosts;
    }

    private static void freeze(TestGrid grid, int index) {
        HazelcastInstance member = grid.member(index);
        int threads = 0;
        for (String name : List.of(Grid.LIFE, Grid.CONTROL, Grid.APPLY)) {
            IExecutorService executor = member.getExecutorService(name);
            int pool = member.getConfig().getExecutorConfig(name).getPoolSize();
            threads += pool;
            for (int i = 0; i < 2 * pool; i++) {
                executor.executeOnMember(new Frozen(), member.getCluster().getLocalMember());
            }
        }
        // Each takes the thread of a partition, the backups' among them.
        int shardThreads = Util.getNodeEngine(member).getOperationService().getPartitionThreadCount();
        Set<Integer> taken = new TreeSet<>();
        for (int key = 0; key < 200; key++) {
            Partition shard = member.getPartitionService().getPartition(key);
            if (shard.getOwner().localMember()) {
                member.getMap("frozen").submitToKey(key, new FrozenEntry());
                taken.add(shard.getPartitionId() % shardThreads);
            }
        }
        int expected = threads + taken.size();
        await("all threads to hang: " + expected, () -> HANGING.size() == expected);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void hang() {
        Thread thread = Thread.currentThread();
        try {
            HANGING.add(thread);
            thaw.await();
        } catch (InterruptedException e) {
            thread.interrupt();
        } finally {
            HANGING.remove(thread);
        }
    }

    private static final class Frozen implements Runnable, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public void run() {
            hang();
        }
    }

    private static final class FrozenEntry implements EntryProcessor<Object, Object, Object> {
        private static final long serialVersionUID = 1L;

        @Override
        public Object process(Map.Entry<Object, Object> entry) {
            hang();
            return "";
        }

        @Override
        public EntryProcessor<Object, Object, Object> getBackupProcessor() {
            return null;
        }
    }
}
