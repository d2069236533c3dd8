// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.runtime.hazelcast.HistoryOffer.Age;
import io.evenkeel.runtime.hazelcast.HistoryPlan.Bid;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HistoryPlanTest {
    private static final UUID A = new UUID(1, 3);
    private static final UUID B = new UUID(1, 2);
    private static final UUID C = new UUID(1, 1);

    @Test
    @DisplayName(
            "F15 the newest log of each shard is restored: the later epoch, then the longer log, then the first name;"
                    + " who is gone is passed over")
    void theNewestFirst() {
        HistoryPlan plan = HistoryPlan.of(List.of(
                bid(C, "c", Map.of(0, new Age(2, 5), 1, new Age(3, 9), 2, new Age(1, 2))),
                bid(A, "a", Map.of(0, new Age(2, 5), 1, new Age(3, 10))),
                bid(B, "b", Map.of(0, new Age(1, 90), 1, new Age(4, 2))),
                bid(new UUID(9, 9), "d", Map.of())));

        assertThat(plan.candidates())
                .containsExactly(
                        Map.entry(0, List.of(A, C, B)), Map.entry(1, List.of(B, A, C)), Map.entry(2, List.of(C)));
        assertThat(HistoryPlan.decode(plan.encode())).isEqualTo(plan);
        assertThat(HistoryPlan.first(List.of(A, C, B), Map.of(B, "b", C, "c"))).isEqualTo(C);
        assertThat(HistoryPlan.first(List.of(A), Map.of(B, "b"))).isNull();
    }

    @Test
    @DisplayName("F15 an offer is read as it was written")
    void offersTravel() {
        HistoryOffer offer = new HistoryOffer(new TreeMap<>(Map.of(3, new Age(7, 1 << 20), 5, new Age(1, 2))));
        assertThat(HistoryOffer.decode(offer.encode())).isEqualTo(offer);
        assertThat(HistoryOffer.decode(HistoryOffer.of(List.of()).encode()).ages())
                .isEmpty();
    }

    private static Bid bid(UUID member, String node, Map<Integer, Age> ages) {
        return new Bid(member, node, new HistoryOffer(new TreeMap<>(ages)));
    }
}
