// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.Source;
import io.evenkeel.runtime.shard.SumQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private static ShardRouter receiverOn(TestGrid grid) {
        List<ShardHost> hosts = new ArrayList<>();
        for (int i = 0; i < grid.members().size(); i++) {
            HazelcastInstance member = grid.member(i);
            hosts.add(new ShardHost(member, grid.settings(i), ShardSettings.DEFAULT, revision -> PLANS, step -> {}));
        }
        return new ShardRouter(grid.member(0), hosts.get(0), () -> PLANS, DEADLINE);
    }

    private Source source(long generation) {
        batches++;
        return new Source("in", generation, batches, batches - 1, false, true);
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
