// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.map.IMap;
import io.evenkeel.runtime.history.HistoryMark;
import io.evenkeel.runtime.history.HistoryStore;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.LogUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How nodes that start after the end of all go on from their disks. Each offers what it has; one of them, whoever is first to
 * see that nobody else is to be waited for, writes the plan; each restores what the plan has for it; when all is done, that is
 * decided. Nobody receives, and nobody's disk is written to, before. The plan and the decision live in the grid: after
 * another end of all nodes there is neither, and it begins anew from the same disks.
 *
 * <p>A cluster that runs has decided. A node that joins it goes on at once, and what it had is superseded.
 *
 * <p>For one thread. {@link #run} may be called again after it failed.
 */
final class HistoryRestore {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryRestore.class);
    private static final String PLAN = "plan";
    private static final String DECIDED = "decided";
    private static final long STEP_MS = 50;
    private static final long TELL_NANOS = 5_000_000_000L;
    /** So often it is looked whether a shard was claimed yet by whoever it fell to; each time for half a second. */
    private static final int CLAIM_LOOKS = 10;

    private static final long CLAIM_MS = 500;

    private final HazelcastInstance grid;
    private final GridSettings settings;
    private final @Nullable HistoryDisk disk;
    private final Duration wait;
    private final LongSupplier nanoTime;
    private final HazelcastShardLog log;
    private final IMap<String, byte[]> shared;
    private final InternalSerializationService serialization;
    /** What this node has on its disk, less what could not be read. */
    private final SortedMap<Integer, HistoryMark> marks = new TreeMap<>();

    private final Set<Integer> restored = new HashSet<>();
    private boolean begun;
    /** Whether the marks were read; a store may be away for some time, such as until another process has gone. */
    private boolean read;

    private boolean raised;
    private boolean withdrawn;
    private boolean unreadable;
    private long beganNanos;
    private long toldNanos;

    /** @param disk null if this node keeps no history; it waits for the decision all the same */
    HistoryRestore(
            HazelcastInstance grid,
            GridSettings settings,
            @Nullable HistoryDisk disk,
            Duration wait,
            LongSupplier nanoTime) {
        this.grid = grid;
        this.settings = settings;
        this.disk = disk;
        this.wait = wait;
        this.nanoTime = nanoTime;
        this.log = new HazelcastShardLog(grid, new ShardPlaces(grid));
        this.shared = grid.getMap(Grid.HISTORY);
        this.serialization =
                (InternalSerializationService) Util.getNodeEngine(grid).getSerializationService();
    }

    /**
     * Returns when it is decided. Blocks, for {@code wait} at most if a node is missing that may have something.
     *
     * @return how many shards the cluster went on with from its disks, when it started
     * @throws LogUnavailableException if the grid does not answer; call again
     */
    int run() throws InterruptedException {
        begin();
        try {
            byte[] decided = shared.get(DECIDED);
            boolean late = decided != null;
            while (decided == null) {
                step();
                decided = shared.get(DECIDED);
            }
            int shards = ByteBuffer.wrap(decided).getInt();
            if (!late && shards > 0) {
                LOG.info("The cluster goes on with {} shards from the disks of its nodes", shards);
            }
            supersede();
            // A shard in which nothing happens does not append, and would not be told that it is fenced.
            if (!late && shards > 0) {
                ShardHost.of(grid).forgetAll();
            }
            return shards;
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            throw new LogUnavailableException(
                    "Expected to agree with the other nodes on what is restored, but the grid did not answer", e);
        }
    }

    private void begin() {
        if (!begun) {
            begun = true;
            beganNanos = nanoTime.getAsLong();
            toldNanos = beganNanos;
        }
    }

    /** Returns whether it is known what this node has. While it is not, it offers nothing, and the others wait for it. */
    private boolean look() {
        if (!read) {
            List<HistoryMark> found = disk == null ? List.of() : disk.ask(HistoryStore::marks);
            if (found != null) {
                read = true;
                found.stream().filter(mark -> mark.next() > 1).forEach(mark -> marks.put(mark.shard(), mark));
            }
        }
        return read;
    }

    private void step() throws InterruptedException {
        UUID self = grid.getCluster().getLocalMember().getUuid();
        // Again and again: its id changes if it joins again, and so does what it can read.
        offer(self);
        Map<UUID, String> here = new LinkedHashMap<>();
        for (Member member : grid.getCluster().getMembers()) {
            here.put(member.getUuid(), Grid.nameOf(member));
        }
        byte[] plan = shared.get(PLAN);
        if (plan == null) {
            decide(here);
        } else {
            carryOut(plan, here, self);
        }
        Thread.sleep(STEP_MS);
    }

    private void offer(UUID self) {
        if (look()) {
            byte[] offer = HistoryOffer.of(marks.values()).encode();
            if (!Arrays.equals(offer, shared.get("offer/" + self))) {
                shared.set("offer/" + self, offer);
            }
        }
    }

    private void decide(Map<UUID, String> here) {
        List<HistoryPlan.Bid> bids = bids(here);
        boolean allSaid = bids.size() == here.size();
        boolean nothing = bids.stream().allMatch(bid -> bid.offer().ages().isEmpty());
        // Where nobody has anything the cluster is new, and need not be complete.
        boolean allHere = nothing || here.size() >= settings.members().size();
        long waited = nanoTime.getAsLong() - beganNanos;
        if (allSaid && allHere || waited >= wait.toNanos()) {
            if (!allSaid || !allHere) {
                LOG.warn(
                        "Goes on without {} of {} nodes, which may have newer history: waited for {} s (history.wait)."
                                + " What they have is set aside when they come",
                        settings.members().size() - bids.size(),
                        settings.members().size(),
                        wait.toSeconds());
            }
            shared.putIfAbsent(PLAN, HistoryPlan.of(bids).encode());
        } else if (nanoTime.getAsLong() - toldNanos > TELL_NANOS) {
            toldNanos = nanoTime.getAsLong();
            LOG.info(
                    "Waits for what {} of {} nodes have on their disks, until {} s have passed (history.wait)",
                    settings.members().size() - bids.size(),
                    settings.members().size(),
                    wait.toSeconds());
        }
    }

    private List<HistoryPlan.Bid> bids(Map<UUID, String> here) {
        List<HistoryPlan.Bid> bids = new ArrayList<>();
        here.forEach((member, node) -> {
            byte[] offer = shared.get("offer/" + member);
            if (offer != null) {
                bids.add(new HistoryPlan.Bid(member, node, HistoryOffer.decode(offer)));
            }
        });
        return bids;
    }

    private void carryOut(byte[] encoded, Map<UUID, String> here, UUID self) {
        SortedMap<Integer, List<UUID>> plan = HistoryPlan.decode(encoded).candidates();
        boolean stuck = withdrawn;
        boolean all = true;
        for (Map.Entry<Integer, List<UUID>> shard : plan.entrySet()) {
            if (isRestored(shard.getKey())) {
                continue;
            }
            UUID member = HistoryPlan.first(shard.getValue(), here);
            if (self.equals(member)) {
                restore(shard.getKey());
            }
            stuck |= member == null || withdrawn;
            all = false;
        }
        if (all) {
            shared.putIfAbsent(
                    DECIDED,
                    ByteBuffer.allocate(Integer.BYTES).putInt(plan.size()).array());
        } else if (stuck) {
            withdrawn = false;
            offer(self);
            byte[] anew = HistoryPlan.of(bids(here)).encode();
            if (!Arrays.equals(anew, encoded)) {
                LOG.warn("A node that was to restore something is gone, or cannot; the others do what they can");
                shared.replace(PLAN, encoded, anew);
            }
        }
    }

    private boolean isRestored(int shard) {
        if (!restored.contains(shard)) {
            ShardHeader header = log.header(shard);
            if (header == null || header.next() == 1) {
                return false;
            }
            restored.add(shard);
        }
        return true;
    }

    private void restore(int shard) {
        HistoryMark mark = marks.get(shard);
        ShardImage image = mark == null ? null : read(mark);
        if (mark == null || image == null) {
            marks.remove(shard);
            withdrawn = true;
            unreadable = true;
            return;
        }
        if (log.restore(image, "history/" + UUID.randomUUID(), mark.epoch(), mark.written())) {
            LOG.debug("Restored shard {} to before batch {}", shard, mark.next());
        }
    }

    private @Nullable ShardImage read(HistoryMark mark) {
        HistoryDisk from = disk;
        List<byte[]> encoded = from == null ? null : from.ask(store -> store.batches(mark.shard()));
        if (from == null || encoded == null || !raiseSessions(from)) {
            return null;
        }
        List<LogBatch> batches = new ArrayList<>(encoded.size());
        try {
            for (byte[] bytes : encoded) {
                batches.add(Wire.readBatch(serialization.createObjectDataInput(bytes)));
            }
            return new ShardImage(mark.shard(), mark.next(), mark.remembered(), batches).readable();
        } catch (IOException | RuntimeException e) {
            LOG.error(
                    "Expected to read batches of shard {} in {}, but could not. Another node's copy takes its place, if one"
                            + " has it",
                    mark.shard(),
                    disk,
                    e);
            return null;
        }
    }

    /** First: a shard refuses what comes from a session before those that it knows. */
    private boolean raiseSessions(HistoryDisk from) {
        if (!raised) {
            SortedMap<String, Long> sessions = from.ask(store -> store.sessions());
            if (sessions == null) {
                return false;
            }
            new LogImages(grid).raise(sessions);
            raised = true;
        }
        return true;
    }

    /** What is on the disk and newer than what the cluster runs with must not be written over: somebody may want it. */
    private void supersede() throws InterruptedException {
        if (disk == null || !look()) {
            return;
        }
        long newer = newer();
        // The last batch of an owner that died may be on its disk only; whoever the shard fell to claims it, and is
        // newer then.
        for (int look = 0; newer > 0 && look < CLAIM_LOOKS; look++) {
            Thread.sleep(CLAIM_MS);
            newer = newer();
        }
        if (newer > 0) {
            disk.setAside("Expected the cluster to have all that " + disk + " has, but of " + newer
                    + " shards that has more: the cluster started without this node, or lost them");
        } else if (unreadable) {
            disk.setAside("Expected to read all that " + disk + " has, but could not");
        }
    }

    private long newer() {
        return marks.values().stream()
                .filter(mark -> HistoryOffer.isNewer(mark, log.header(mark.shard())))
                .count();
    }
}
