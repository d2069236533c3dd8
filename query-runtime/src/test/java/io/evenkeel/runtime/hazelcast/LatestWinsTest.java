// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.spi.merge.MergingValue;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.Source;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the parts of a split grid become one again")
class LatestWinsTest {
    private final LatestWins policy = new LatestWins();

    @Test
    @DisplayName("F8 the part that has claimed a shard since wins, however much the other had appended")
    void shouldKeepHigherEpoch() {
        ShardHeader claimedSince = log(5, 10);
        ShardHeader longer = log(4, 30);

        assertThat(merge(longer, claimedSince)).isSameAs(claimedSince);
        assertThat(merge(claimedSince, longer).next()).isEqualTo(11);
    }

    @Test
    @DisplayName("F8 a claim without an append outranks nothing, and whoever made it is fenced")
    void shouldNotRankByClaims() {
        ShardHeader wentOn = log(4, 30);
        ShardHeader claimed = log(4, 29).claimed(7, "node-3", "in vain");

        ShardHeader kept = merge(claimed, wentOn);
        assertThat(kept.next()).isEqualTo(31);
        assertThat(kept.epoch()).isGreaterThan(7);
        kept = merge(wentOn, claimed);
        assertThat(kept.next()).isEqualTo(31);
        assertThat(kept.epoch()).isGreaterThan(7);
    }

    @Test
    @DisplayName("F8 a log whose owner only answered outranks one that was appended to in an earlier epoch")
    void shouldRankByAnswers() {
        ShardHeader answered = log(4, 29).claimed(8, "node-1", "later").remembering(new byte[0]);
        ShardHeader appended = log(4, 28).claimed(7, "node-3", "earlier");
        appended = appended.appended(log(4, 29).tail().get(28), 7)
                .appended(log(4, 30).tail().get(29), 7);

        assertThat(merge(appended, answered).next()).isEqualTo(30);
        assertThat(merge(answered, appended).next()).isEqualTo(30);
    }

    @Test
    @DisplayName("I3 of two claims of one epoch, as of a merge and of a node, no writer goes on")
    void shouldFenceBothOfOneEpoch() {
        ShardHeader here = log(4, 30).claimed(5, "", "merged");
        ShardHeader there = log(4, 30).claimed(5, "node-2", "claim");

        assertThat(merge(there, here).epoch()).isEqualTo(6);
        assertThat(merge(here, here)).isSameAs(here);
    }

    @Test
    @DisplayName("F6 of one epoch the longer log wins: what was committed is in it")
    void shouldKeepLongerLog() {
        assertThat(merge(log(4, 30), log(4, 29)).next()).isEqualTo(31);
        ShardHeader here = log(4, 30);
        assertThat(merge(log(4, 29), here)).isSameAs(here);
        assertThat(merge(log(4, 30), here)).isSameAs(here);
    }

    @Test
    @DisplayName("F6 a log that only the other part had is kept")
    void shouldKeepOnlyCopy() {
        assertThat(merge(log(4, 30), null).next()).isEqualTo(31);
        assertThat(merge(log(4, 30), null).epoch())
                .as("else a node that merges in vain outranks those that go on")
                .isEqualTo(4);
    }

    @Test
    @DisplayName("I3 whoever wrote to the log that gave way is fenced")
    void shouldFenceWritersOfShorterLog() {
        assertThat(merge(log(4, 30), log(4, 29)).epoch()).isEqualTo(5);
    }

    @Test
    @DisplayName("no session gets a number that was given before")
    void shouldKeepGreaterNumber() {
        assertThat(policy.merge(new Value(7L), new Value(9L))).isEqualTo(9L);
        assertThat(policy.merge(new Value(9L), new Value(7L))).isEqualTo(9L);
        assertThat(policy.merge(new Value(7L), null)).isEqualTo(7L);
    }

    private ShardHeader merge(ShardHeader merging, @Nullable ShardHeader existing) {
        Object kept = policy.merge(new Value(merging), existing == null ? null : new Value(existing));
        assertThat(kept).isInstanceOf(ShardHeader.class);
        return (ShardHeader) kept;
    }

    private static ShardHeader log(long epoch, int batches) {
        ShardHeader header = new ShardHeader().claimed(epoch, "node-1", "claim-" + epoch);
        for (int sequence = 1; sequence <= batches; sequence++) {
            Source source = new Source("in", 1, sequence, sequence - 1, 0, true);
            header = header.appended(
                    new LogBatch(
                            sequence,
                            0,
                            0,
                            new TreeMap<>(),
                            new ShardRequest(0, source, new TreeMap<>(), CauseBlock.empty())),
                    epoch);
        }
        return header;
    }

    private record Value(Object getDeserializedValue) implements MergingValue<Object> {
        @Override
        public Object getRawValue() {
            return getDeserializedValue;
        }
    }
}
