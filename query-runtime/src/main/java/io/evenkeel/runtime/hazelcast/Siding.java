// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps lists of texts for a while where all copies are on nodes that answer, because the one place in the grid where they
 * belong has a copy on a node that is silent. Which of them comes first is not kept.
 *
 * <p>Thread-safe.
 */
public final class Siding {
    private static final int LIMIT_S = 5;

    private final HazelcastInstance grid;
    private final int backups;
    private final int minimum;
    private final ShardPlaces places;
    private final HeardNodes heard;
    private final OpenWrites writes;
    private final IMap<LogKey, String[]> lists;
    /** Handed over and perhaps not forgotten yet; of the thread that drains. */
    private final Set<LogKey> taken = new HashSet<>();

    public Siding(HazelcastInstance grid, GridSettings settings) {
        this.grid = grid;
        this.backups = settings.backups();
        this.minimum = settings.minimum();
        this.places = new ShardPlaces(grid);
        this.heard = HeardNodes.of(grid);
        this.writes = OpenWrites.of(grid);
        this.lists = grid.getMap(Grid.SIDING);
    }

    /** What is done with a list that was kept. */
    public interface Step {
        void take(String[] list) throws Exception;
    }

    /** Asks the other nodes for a sign of life. Does not wait for it. */
    public void ask() {
        heard.ask();
    }

    /** Whether what lies at a place of the grid has a copy on a silent node, and there are places that have none. */
    public boolean isNeededFor(String partitionKey) {
        SortedSet<Integer> avoided = avoided();
        return avoided.size() < places.shards()
                && avoided.contains(
                        grid.getPartitionService().getPartition(partitionKey).getPartitionId());
    }

    /** Keeps a list on as many copies as the log. Fails if there is no place without a copy on a silent node. */
    public CompletableFuture<?> keep(String[] list) {
        SortedSet<Integer> avoided = avoided();
        List<Integer> free = new ArrayList<>();
        for (int place = 0; place < places.shards(); place++) {
            if (!avoided.contains(place)) {
                free.add(place);
            }
        }
        if (free.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new TimeoutException("Expected a place without a copy on a silent node, but there is none"));
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        LogKey key = places.segment(free.get(random.nextInt(free.size())), random.nextLong());
        return writes.watch(lists.setAsync(key, list));
    }

    /** Hands over each list that this node keeps as the first of its copies, and forgets those that were taken. Blocks. */
    public void drain(Step step) throws Exception {
        SortedSet<Integer> avoided = avoided();
        Set<LogKey> here = lists.localKeySet();
        taken.retainAll(here);
        for (LogKey key : here) {
            String[] list = avoided.contains(key.shard()) ? null : lists.get(key);
            if (list != null) {
                // If it could not be forgotten, it is not handed over again.
                if (!taken.contains(key)) {
                    step.take(list);
                    taken.add(key);
                }
                writes.watch(lists.deleteAsync(key)).get(LIMIT_S, TimeUnit.SECONDS);
            }
        }
    }

    private SortedSet<Integer> avoided() {
        return places.withCopyOn(heard.silentFew(Detours.SILENT_NANOS, backups, minimum), backups);
    }
}
