// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which members restore which shard: the newest log first, and of equally new ones that of the first name. A pure function of
 * the offers.
 *
 * @param candidates by shard, the best one first; never none
 */
record HistoryPlan(SortedMap<Integer, List<UUID>> candidates) {

    /** What a member that is here has said. */
    record Bid(UUID member, String node, HistoryOffer offer) {}

    static HistoryPlan of(List<Bid> bids) {
        SortedMap<Integer, List<Bid>> byShard = new TreeMap<>();
        for (Bid bid : bids) {
            bid.offer()
                    .ages()
                    .keySet()
                    .forEach(shard -> byShard.computeIfAbsent(shard, none -> new ArrayList<>())
                            .add(bid));
        }
        SortedMap<Integer, List<UUID>> candidates = new TreeMap<>();
        byShard.forEach((shard, all) -> {
            all.sort(Comparator.comparing(
                            (Bid bid) -> bid.offer().ages().get(shard),
                            Comparator.nullsFirst(Comparator.naturalOrder()))
                    .reversed()
                    .thenComparing(Bid::node));
            candidates.put(shard, all.stream().map(Bid::member).toList());
        });
        return new HistoryPlan(candidates);
    }

    byte[] encode() {
        int ids = candidates.values().stream().mapToInt(List::size).sum();
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (1 + 2 * candidates.size()) + 2 * Long.BYTES * ids);
        bytes.putInt(candidates.size());
        candidates.forEach((shard, members) -> {
            bytes.putInt(shard).putInt(members.size());
            members.forEach(id -> bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()));
        });
        return bytes.array();
    }

    static HistoryPlan decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded);
        SortedMap<Integer, List<UUID>> candidates = new TreeMap<>();
        for (int count = bytes.getInt(); count > 0; count--) {
            int shard = bytes.getInt();
            List<UUID> members = new ArrayList<>();
            for (int ids = bytes.getInt(); ids > 0; ids--) {
                members.add(new UUID(bytes.getLong(), bytes.getLong()));
            }
            candidates.put(shard, List.copyOf(members));
        }
        return new HistoryPlan(candidates);
    }

    /** The member that is to restore a shard; null if none of its candidates is here. */
    static @Nullable UUID first(List<UUID> candidates, Map<UUID, String> here) {
        return candidates.stream().filter(here::containsKey).findFirst().orElse(null);
    }
}
