// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.evenkeel.runtime.shard.LogUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TermsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    @DisplayName("I3 a term is promised once, and none below it afterwards")
    void shouldPromiseOnce() {
        Terms terms = new Terms(2);
        long other = new Terms(1).next();

        assertThat(terms.promise(other)).isTrue();
        assertThat(terms.promise(other)).isFalse();
        assertThat(terms.promise(other - 1)).isFalse();
        long own = terms.next();
        assertThat(own).isGreaterThan(other);
        assertThat(terms.promise(own)).as("what it has promised itself").isFalse();
    }

    @Test
    @DisplayName("I3 of two nodes that ask at one moment one has the higher number, also if neither remembers any")
    void shouldNumberApart() {
        assertThat(new Terms(0).next()).isNotEqualTo(new Terms(1).next());
        assertThat(Terms.nodeOfEpoch(Terms.nextEpoch(new Terms(7).next(), 0))).isEqualTo(7);
    }

    @Test
    @DisplayName("I3 the epochs of a term follow its number, and rise within it")
    void shouldNumberEpochs() {
        long first = Terms.nextEpoch(3, Terms.nextEpoch(2, 7));
        assertThat(Terms.ofEpoch(first)).isEqualTo(3);
        assertThat(Terms.nextEpoch(3, first)).isEqualTo(first + 1);
        assertThat(Terms.nextEpoch(0, first)).isEqualTo(first + 1);
        assertThat(Terms.nextEpoch(4, first)).isGreaterThan(first + 1);
    }

    @Test
    @DisplayName("F8 nodes that hear a majority at the same moment, again and again, never claim under the same term")
    void shouldNeverWinATermTwice() throws Exception {
        try (TestGrid grid = new TestGrid(3, 1, 8)) {
            List<CompletableFuture<List<Long>>> nodes = new ArrayList<>();
            for (HazelcastInstance member : grid.members()) {
                nodes.add(CompletableFuture.supplyAsync(() -> win(member)));
            }
            Set<Long> terms = new HashSet<>();
            long highest = 0;
            for (CompletableFuture<List<Long>> node : nodes) {
                List<Long> won = node.get(60, TimeUnit.SECONDS);
                assertThat(won).isSorted().doesNotHaveDuplicates();
                assertThat(won)
                        .allSatisfy(term -> assertThat(terms.add(term))
                                .as("term %s is new", term)
                                .isTrue());
                highest = Math.max(highest, won.get(won.size() - 1));
            }

            HeardMajority last = new HeardMajority(grid.member(0), 2, LIMIT);
            last.require();
            assertThat(Terms.of(grid.member(0)).won()).isGreaterThan(highest);
        }
    }

    private static List<Long> win(HazelcastInstance member) {
        HeardMajority majority = new HeardMajority(member, 2, LIMIT);
        List<Long> won = new ArrayList<>();
        while (won.size() < 50) {
            majority.forget();
            try {
                majority.require();
                won.add(Terms.of(member).won());
            } catch (LogUnavailableException outbidAgainAndAgain) {
                Thread.onSpinWait();
            }
        }
        return won;
    }

    @Test
    @DisplayName(
            "I3 a claim under a term below that of the log is refused, and made under a higher one when the majority is asked anew")
    void shouldRefuseLowerTerm() {
        try (TestGrid grid = new TestGrid(3, 1, 8)) {
            HazelcastInstance member = grid.member(0);
            ShardPlaces places = new ShardPlaces(member);
            IMap<LogKey, ShardHeader> headers = member.getMap(Grid.LOG);
            long restored = Terms.nextEpoch(90_000, 0);
            headers.set(places.header(2), new ShardHeader().claimed(restored, "", "from a disk"));
            HeardMajority majority = new HeardMajority(member, 2, LIMIT);
            HazelcastShardLog log = new HazelcastShardLog(member, places);

            majority.require();
            assertThatThrownBy(() -> log.claim(2, "node-1"))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("below 90000");
            majority.forget();
            majority.require();

            assertThat(Terms.ofEpoch(log.claim(2, "node-1").epoch())).isGreaterThan(90_000);
        }
    }
}
