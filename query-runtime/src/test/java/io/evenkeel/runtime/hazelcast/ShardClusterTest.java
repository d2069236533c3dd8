// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.jet.impl.util.Util;
import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.ShardStatus;
import io.evenkeel.runtime.shard.Source;
import io.evenkeel.runtime.shard.SumQuery;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Owners and a receiver on real members; the engine is a small one. */
class ShardClusterTest {
    private static final int SHARDS = 8;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final SumQuery QUERY = new SumQuery("sums", false);
    private static final List<QueryInstance> INSTANCES = List.of(SumQuery.instance("sums", "low", 6));
    private static final QueryPlans PLANS = new QueryPlans(
            1, SHARDS, Map.of("sums", new QueryPlan(1, QUERY, INSTANCES, Map.of("Reading", SumQuery.TYPE))));

    private final List<Event> events = new ArrayList<>();
    private long batches;

    @Test
    @DisplayName("I1 I4 a node dies between batches: the others go on with its history, and answer what comes again")
    void goesOnWithTheHistoryOfADeadNode() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            ShardRouter receiver = receiverOn(grid);
            long generation = receiver.nextGeneration("in");
            List<String> matches = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                matches.addAll(bodies(receiver.process(source(generation), batch(50), Map.of())
                        .matches()));
            }

            grid.terminate(2);

            for (int i = 0; i < 20; i++) {
                matches.addAll(bodies(receiver.process(source(generation), batch(50), Map.of())
                        .matches()));
            }
            List<Cause> last = batch(50);
            List<String> once =
                    bodies(receiver.process(source(generation), last, Map.of()).matches());
            List<String> again = bodies(receiver.process(source(receiver.nextGeneration("in")), last, Map.of())
                    .matches());
            matches.addAll(once);

            assertThat(again).isEqualTo(once).isNotEmpty();
            assertThat(sums(matches)).containsExactlyInAnyOrderElementsOf(sums(expected()));
        }
    }

    @Test
    @DisplayName("N12 I6 a batch of a session that another one follows is refused, and counted")
    void countsRefusedBatches() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            ShardRouter receiver = receiverOn(grid);
            long earlier = receiver.nextGeneration("in");
            receiver.process(source(earlier), batch(50), Map.of());
            receiver.process(source(receiver.nextGeneration("in")), batch(50), Map.of());
            assertThat(receiver.stale()).isZero();

            assertThatThrownBy(() -> receiver.process(source(earlier), batch(50), Map.of()))
                    .isInstanceOf(RoutingFailedException.class);
            assertThat(receiver.stale()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("I4 a session that settles those before it tells every shard, once it is idle")
    void settlesEverywhere() throws Exception {
        try (TestGrid grid = new TestGrid(2, 1, SHARDS)) {
            List<ShardHost> hosts = hostsOn(grid);
            ShardRouter receiver = new ShardRouter(grid.member(0), hosts.get(0), () -> PLANS, DEADLINE);
            receiver.process(source(receiver.nextGeneration("in")), batch(50), Map.of());
            long next = receiver.nextGeneration("in");
            assertThat(unconfirmed(hosts)).isEqualTo(50);

            receiver.process(settling(next), List.of(), Map.of());
            assertThat(unconfirmed(hosts)).isZero();

            receiver.process(new Source("other", receiver.nextGeneration("other"), 1, 0, 0, true), batch(50), Map.of());
            receiver.process(settling(receiver.nextGeneration("in")), List.of(), Map.of());
            assertThat(unconfirmed(hosts)).as("of another queue").isEqualTo(50);
        }
    }

    private Source settling(long generation) {
        batches++;
        return new Source("in", generation, batches, batches - 1, 2_000, true);
    }

    private static int unconfirmed(List<ShardHost> hosts) {
        return hosts.stream()
                .flatMap(host -> host.status().stream())
                .mapToInt(ShardStatus::unconfirmed)
                .sum();
    }

    @Test
    @DisplayName("N12 I3 an append of an owner whose shard another one claimed is refused, and counted")
    void countsRefusedAppends() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            List<ShardHost> hosts = hostsOn(grid);
            ShardRouter receiver = new ShardRouter(grid.member(0), hosts.get(0), () -> PLANS, DEADLINE);
            long generation = receiver.nextGeneration("in");
            List<String> matches = new ArrayList<>(bodies(
                    receiver.process(source(generation), batch(50), Map.of()).matches()));
            assertThat(hosts.stream().mapToLong(ShardHost::fenced).sum()).isZero();
            HazelcastShardLog log = new HazelcastShardLog(grid.member(1), new ShardPlaces(grid.member(1)));
            // As if a majority had promised it.
            Terms.of(grid.member(1)).won(1 << 20);
            for (int shard = 0; shard < SHARDS; shard++) {
                log.claim(shard, "another");
            }

            matches.addAll(bodies(
                    receiver.process(source(generation), batch(50), Map.of()).matches()));

            assertThat(hosts.stream().mapToLong(ShardHost::fenced).sum()).isEqualTo(SHARDS);
            assertThat(sums(matches)).containsExactlyInAnyOrderElementsOf(sums(expected()));
        }
    }

    @Test
    @DisplayName("F8 in a minority a batch fails at once, so that the others can have it, and not at its deadline")
    void failsAtOnceInAMinority() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            ShardRouter receiver = receiverOn(grid);
            long generation = receiver.nextGeneration("in");
            receiver.process(source(generation), batch(50), Map.of());

            grid.terminate(1);
            grid.terminate(2);

            long begun = System.nanoTime();
            assertThatThrownBy(() -> receiver.process(source(generation), batch(50), Map.of()))
                    .isInstanceOf(RoutingFailedException.class)
                    .hasMessageContaining("Expected a majority of nodes");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(DEADLINE.dividedBy(2));
        }
    }

    @Test
    @DisplayName(
            "F8 a node that loses sight of one after the other claims nothing in between: the other part's log stays the latest")
    void claimsNothingUnheard() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            int heir = heirOf(grid, 1);
            HazelcastInstance silent = grid.member(2 - heir);
            ShardHost host = hostsOn(grid).get(heir);
            int before = host.settle();
            // All threads that would answer for the third.
            IExecutorService control = grid.member(heir).getExecutorService(Grid.CONTROL);
            for (int i = 0; i < 2; i++) {
                control.executeOnMember(new Busy(), silent.getCluster().getLocalMember());
            }

            grid.terminate(1);
            await(() -> owned(grid.member(heir)) > before);

            assertThat(host.settle()).as("claimed while the third is silent").isLessThanOrEqualTo(before);
            Busy.END.countDown();
            await(() -> host.settle() == owned(grid.member(heir)));
        }
    }

    @Test
    @DisplayName(
            "F8 nothing is claimed with the consent of a node that has come back from a split and has not brought its log yet")
    void claimsNothingBeforeAMergeIsThrough() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, SHARDS)) {
            int heir = heirOf(grid, 1);
            ShardHost host = hostsOn(grid).get(heir);
            int before = host.settle();
            AtomicBoolean merging =
                    (AtomicBoolean) grid.member(2 - heir).getUserContext().get(Merging.CONTEXT);
            merging.set(true);

            grid.terminate(1);
            await(() -> owned(grid.member(heir)) > before);

            assertThat(host.settle()).as("claimed while the third merges").isLessThanOrEqualTo(before);
            merging.set(false);
            await(() -> host.settle() == owned(grid.member(heir)));
        }
    }

    /** A member that gets a shard of another one when that dies: the grid evens out only what is far from even. */
    private static int heirOf(TestGrid grid, int dying) {
        UUID owner = grid.member(dying).getCluster().getLocalMember().getUuid();
        InternalPartition inherited = Arrays.stream(Util.getNodeEngine(grid.member(dying))
                        .getPartitionService()
                        .getInternalPartitions())
                .filter(partition ->
                        owner.equals(requireNonNull(partition.getReplica(0)).uuid()))
                .findFirst()
                .orElseThrow();
        UUID heir = requireNonNull(inherited.getReplica(1)).uuid();
        return heir.equals(grid.member(0).getCluster().getLocalMember().getUuid()) ? 0 : 2;
    }

    private static int owned(HazelcastInstance member) {
        return (int) member.getPartitionService().getPartitions().stream()
                .filter(partition -> member.getCluster().getLocalMember().equals(partition.getOwner()))
                .count();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + DEADLINE).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Keeps a thread of a member until the end of the test. */
    private static final class Busy implements Runnable, Serializable {
        private static final long serialVersionUID = 1L;
        private static final CountDownLatch END = new CountDownLatch(1);

        @Override
        public void run() {
            try {
                END.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static ShardRouter receiverOn(TestGrid grid) {
        return new ShardRouter(grid.member(0), hostsOn(grid).get(0), () -> PLANS, DEADLINE);
    }

    private static List<ShardHost> hostsOn(TestGrid grid) {
        List<ShardHost> hosts = new ArrayList<>();
        for (int i = 0; i < grid.members().size(); i++) {
            HazelcastInstance member = grid.member(i);
            hosts.add(new ShardHost(member, grid.settings(i), ShardSettings.DEFAULT, revision -> PLANS, step -> {}));
        }
        return hosts;
    }

    private Source source(long generation) {
        batches++;
        return new Source("in", generation, batches, batches - 1, 0, true);
    }

    private List<Cause> batch(int size) {
        List<Cause> causes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int number = events.size();
            Event event = SumQuery.reading("k" + number * 31 % 40, number % 12, number);
            events.add(event);
            causes.add(new Cause.EventCause("m" + number, "m" + number, event, 1_000 + number));
        }
        return causes;
    }

    private List<String> expected() {
        List<String> expected = new ArrayList<>();
        EmissionSink sink = new EmissionSink() {
            @Override
            public boolean wanted() {
                return true;
            }

            @Override
            public void emit(Emission emission) {
                expected.add(emission.key() + " " + emission.body());
            }
        };
        try (SumQuery.SumEngine oracle = QUERY.open(INSTANCES, 0)) {
            for (int i = 0; i < events.size(); i++) {
                oracle.advanceTo(1_000 + i, sink);
                oracle.apply(events.get(i), sink);
            }
        }
        return expected;
    }

    private static List<String> bodies(List<Match> matches) {
        return matches.stream().map(match -> match.key() + " " + match.body()).toList();
    }

    /** Silences depend on when a shard heard of the time; without ticks that is not part of this test. */
    private static List<String> sums(List<String> matches) {
        return matches.stream().filter(match -> match.contains("sum")).toList();
    }
}
