// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.internal.nio.BufferObjectDataOutput;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.jet.impl.util.Util;
import io.evenkeel.runtime.history.HistoryMark;
import io.evenkeel.runtime.history.HistoryRound;
import io.evenkeel.runtime.history.HistoryStore;
import io.evenkeel.runtime.history.ShardChange;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings what is new in this member's copies of logs to its disk. Owner and backups do so each for itself: whichever disk is
 * lost, another one has it.
 *
 * <p>A header that is the same object as last time has nothing new. Where the epoch is the same, what comes after the last
 * batch is added. After a claim another log may have taken the place of the one that was seen, so the shard is written wholly;
 * so it is by a process that has just started, and after a cleaning.
 *
 * <p>{@link #round} is for one thread; {@link #behind} for any.
 */
final class HistoryRecorder {
    /** What is written wholly waits for the next round when a round has that much: memory and processor have a bound. */
    private static final long ROUND_BYTES = 4 << 20;

    /**
     * A shard that went to other members is kept for so long after all copies were there: by then these have it on their
     * disks. It does no harm, since what is newer wins.
     */
    private static final long KEEP_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final LocalLogs logs;
    private final HistoryDisk disk;
    private final BooleanSupplier safe;
    private final LongSupplier nanoTime;
    /** What batches are written to on their way to the disk. Of the thread that records. */
    private final BufferObjectDataOutput buffer;
    /** What the store has, by shard; nothing about a shard that has not been written since this process opened the store. */
    private final Map<Integer, ShardHeader> recorded = new ConcurrentHashMap<>();
    /** Shards of which the store has something. */
    private final Set<Integer> stored = new HashSet<>();

    /** Since when other members have all copies of what is stored here of their shards. */
    private final Map<Integer, Long> elsewhere = new HashMap<>();

    private @Nullable HistoryStore seen;
    private volatile boolean anew;

    /** A shard's part of a round, and the header that is recorded with it. */
    private record Draft(ShardChange change, ShardHeader header, long bytes) {}

    /** @param safe whether all copies are there, so that one that this member gave up is not missed */
    HistoryRecorder(
            HazelcastInstance grid,
            GridSettings settings,
            HistoryDisk disk,
            BooleanSupplier safe,
            LongSupplier nanoTime) {
        this.logs = new LocalLogs(grid, settings.backups());
        this.disk = disk;
        this.safe = safe;
        this.nanoTime = nanoTime;
        this.buffer = ((InternalSerializationService) Util.getNodeEngine(grid).getSerializationService())
                .createObjectDataOutput();
        grid.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.MERGED) {
                anew = true;
            }
        });
    }

    /** Writes what is new, up to a bound. Returns whether that was all. */
    boolean round() throws InterruptedException {
        if (anew) {
            anew = false;
            recorded.clear();
        }
        BitSet held = logs.held();
        LocalLogs.Headers headers = logs.headers(held);
        SortedMap<String, Long> sessions = new TreeMap<>();
        List<Draft> drafts = new ArrayList<>();
        if (!look(held, headers)) {
            return false;
        }
        boolean all = draftAll(headers.byShard(), drafts, sessions) && headers.complete();
        List<Integer> dropped = dropped(held);
        if (drafts.isEmpty() && dropped.isEmpty()) {
            return all;
        }
        HistoryRound round = new HistoryRound(drafts.stream().map(Draft::change).toList(), dropped, sessions);
        if (!write(round)) {
            return false;
        }
        for (Draft draft : drafts) {
            recorded.put(draft.change().mark().shard(), draft.header());
            stored.add(draft.change().mark().shard());
        }
        dropped.forEach(shard -> {
            stored.remove(shard);
            recorded.remove(shard);
        });
        return all;
    }

    /**
     * After a fault the store is another one, and what it has is to be written wholly; unless it could not be read when this
     * node started, and has more than the cluster.
     */
    private boolean look(BitSet held, LocalLogs.Headers headers) {
        long[] newer = new long[1];
        boolean[] ready = new boolean[1];
        boolean open = disk.change(store -> {
            if (store != seen && headers.complete()) {
                List<HistoryMark> marks = store.marks();
                newer[0] = marks.stream()
                        .filter(mark -> held.get(mark.shard()))
                        .filter(mark ->
                                HistoryOffer.isNewer(mark, headers.byShard().get(mark.shard())))
                        .count();
                if (newer[0] == 0) {
                    recorded.clear();
                    stored.clear();
                    marks.forEach(mark -> stored.add(mark.shard()));
                    seen = store;
                }
            }
            ready[0] = store == seen;
        });
        if (newer[0] > 0) {
            disk.setAside("Expected the cluster to have all that " + disk + " has, but of " + newer[0]
                    + " shards that has more: it could not be read when this node started");
        }
        return open && ready[0];
    }

    private boolean write(HistoryRound round) {
        boolean[] same = new boolean[1];
        return disk.change(store -> {
                    same[0] = store == seen;
                    if (same[0]) {
                        store.write(round);
                    }
                })
                && same[0];
    }

    /** What was added to a log comes first, since it is little and new. */
    private boolean draftAll(
            SortedMap<Integer, ShardHeader> headers, List<Draft> drafts, SortedMap<String, Long> sessions)
            throws InterruptedException {
        boolean all = true;
        List<Map.Entry<Integer, ShardHeader>> later = new ArrayList<>();
        for (Map.Entry<Integer, ShardHeader> held : headers.entrySet()) {
            ShardHeader before = recorded.get(held.getKey());
            if (!isRecorded(before, held.getValue())) {
                if (before != null && continues(before, held.getValue())) {
                    all &= draftOrTell(held.getKey(), held.getValue(), drafts, sessions);
                } else {
                    later.add(held);
                }
            }
        }
        long bytes = drafts.stream().mapToLong(Draft::bytes).sum();
        int added = drafts.size();
        for (Map.Entry<Integer, ShardHeader> whole : later) {
            // One at least, or a shard that was claimed would wait for as long as others are busy.
            if (bytes >= ROUND_BYTES && drafts.size() > added) {
                return false;
            }
            all &= draftOrTell(whole.getKey(), whole.getValue(), drafts, sessions);
            bytes = drafts.stream().mapToLong(Draft::bytes).sum();
        }
        return all;
    }

    /** One shard that cannot be recorded must not keep the others from it. */
    private boolean draftOrTell(int shard, ShardHeader header, List<Draft> drafts, SortedMap<String, Long> sessions)
            throws InterruptedException {
        try {
            return draft(shard, header, drafts, sessions);
        } catch (HazelcastInstanceNotActiveException | RejectedExecutionException e) {
            throw e;
        } catch (RuntimeException e) {
            disk.failed("the log of shard " + shard, e);
            return false;
        }
    }

    /** Nothing was ever logged, or it is on the disk. */
    private static boolean isRecorded(@Nullable ShardHeader before, ShardHeader header) {
        if (before == null) {
            return header.next() == 1;
        }
        return before == header
                || before.epoch() == header.epoch()
                        && before.written() == header.written()
                        && before.next() == header.next()
                        && before.first() == header.first()
                        && before.segments().equals(header.segments())
                        && Arrays.equals(before.remembered(), header.remembered());
    }

    /** True if a header is the one before with something after it, and perhaps less at its beginning. */
    private static boolean continues(ShardHeader before, ShardHeader header) {
        if (before.epoch() != header.epoch() || header.next() < before.next()) {
            return false;
        }
        long sealed = before.segments().isEmpty()
                ? 0
                : before.segments().get(before.segments().size() - 1).last();
        boolean cleaned = header.segments().stream()
                        .anyMatch(segment ->
                                segment.first() <= sealed && !before.segments().contains(segment))
                || before.segments().stream()
                        .anyMatch(segment -> segment.last() >= header.first()
                                && !header.segments().contains(segment));
        return !cleaned;
    }

    /** Returns false if the copy is not whole at present: it is on its way here. */
    private boolean draft(int shard, ShardHeader seenHeader, List<Draft> drafts, SortedMap<String, Long> sessions)
            throws InterruptedException {
        ShardHeader before = recorded.get(shard);
        ShardHeader header = seenHeader;
        LocalLogs.Copy copy = null;
        long wanted = firstNew(before, header);
        if (header.segments().stream().anyMatch(segment -> segment.last() >= wanted)) {
            copy = logs.copy(shard);
            if (copy == null) {
                return false;
            }
            header = copy.header();
        }
        boolean whole = before == null || !continues(before, header);
        long from = firstNew(before, header);
        SortedMap<Long, byte[]> batches = new TreeMap<>();
        long bytes = 0;
        List<LogBatch> added = new ArrayList<>();
        for (ShardHeader.Sealed sealed : header.segments()) {
            if (sealed.last() >= from) {
                LogSegment segment = copy == null ? null : copy.segment(sealed.segment());
                if (segment == null) {
                    return false;
                }
                segment.batches().stream()
                        .filter(batch -> batch.sequence() >= from)
                        .forEach(added::add);
            }
        }
        added.addAll(header.tailFrom(from));
        for (LogBatch batch : added) {
            byte[] encoded = Wire.toBytes(buffer, out -> Wire.writeBatch(out, batch));
            bytes += encoded.length;
            batches.put(batch.sequence(), encoded);
            Source source = batch.request().source();
            sessions.merge(source.queue(), source.generation(), Math::max);
        }
        long first = whole || before == null || header.first() > before.first() ? header.first() : 1;
        HistoryMark mark = new HistoryMark(shard, header.epoch(), header.written(), header.next(), header.remembered());
        drafts.add(new Draft(new ShardChange(mark, whole, first, batches), header, bytes));
        return true;
    }

    /** The first sequence that is to be written. */
    private static long firstNew(@Nullable ShardHeader before, ShardHeader header) {
        return before == null || !continues(before, header) ? header.first() : Math.max(before.next(), header.first());
    }

    /** Shards that went to other members some time ago. */
    private List<Integer> dropped(BitSet held) {
        long now = nanoTime.getAsLong();
        if (!safe.getAsBoolean()) {
            elsewhere.clear();
        }
        elsewhere.keySet().removeIf(shard -> held.get(shard) || !stored.contains(shard));
        List<Integer> dropped = new ArrayList<>();
        for (int shard : stored) {
            if (!held.get(shard) && now - elsewhere.computeIfAbsent(shard, since -> now) > KEEP_NANOS) {
                dropped.add(shard);
            }
        }
        return dropped;
    }

    /** The shards whose copy here has something, at this moment, that is not on the disk yet. */
    int behind() throws InterruptedException {
        BitSet held = logs.held();
        SortedMap<Integer, ShardHeader> headers = logs.headers(held).byShard();
        int behind = 0;
        for (Map.Entry<Integer, ShardHeader> header : headers.entrySet()) {
            if (!isRecorded(recorded.get(header.getKey()), header.getValue())) {
                behind++;
            }
        }
        return behind;
    }
}
