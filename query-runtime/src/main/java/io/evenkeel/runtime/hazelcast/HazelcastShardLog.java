// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.proxy.MapProxyImpl;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.LogUnavailableException;
import io.evenkeel.runtime.shard.ShardLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log in the grid. An append is one write to one key, on the primary and on every backup when it completes; what the
 * tail outgrows is sealed into segments under keys of their own.
 *
 * <p>A segment is stored before the header names it, and a header forgets a segment before it is removed. A crash
 * between the two leaves a segment that nobody names: it is {@linkplain #sweep swept} away.
 */
public final class HazelcastShardLog implements ShardLog {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastShardLog.class);
    private static final int SEAL_BATCHES = 256;
    private static final int SEAL_BYTES = 512 * 1024;
    /** How often a restore begins anew because the shard was claimed meanwhile. */
    private static final int RESTORES = 10;
    /**
     * For what follows each append. Where there are one or two cores the grid's own default starts a thread for each
     * follow-up, which took ten times what the append itself takes (docs/benchmarks.md). Must not block: it is the thread
     * of a partition.
     */
    private static final Executor AT_ONCE = Runnable::run;

    private final ShardPlaces places;
    private final OpenWrites writes;
    private final Terms terms;
    private final IMap<LogKey, ShardHeader> headers;
    private final IMap<LogKey, LogSegment> segments;
    /** Of the grid. */
    private final SerializationService serialization;

    private final Map<Integer, OpenTail> tails = new ConcurrentHashMap<>();
    /** Names of claims that have not succeeded yet, by shard. */
    private final Map<Integer, String> claims = new ConcurrentHashMap<>();

    /** What the writer of an epoch appended since the last seal. Guarded by itself. */
    private static final class OpenTail {
        private final long epoch;
        private final List<LogBatch> batches;
        private long nextSegment;
        private int bytes;
        private boolean sealing;

        OpenTail(long epoch, List<LogBatch> batches, long nextSegment) {
            this.epoch = epoch;
            this.batches = batches;
            this.nextSegment = nextSegment;
        }
    }

    HazelcastShardLog(HazelcastInstance grid, ShardPlaces places) {
        this.places = places;
        this.writes = OpenWrites.of(grid);
        this.terms = Terms.of(grid);
        this.headers = grid.getMap(Grid.LOG);
        this.segments = grid.getMap(Grid.SEGMENTS);
        this.serialization = Util.getNodeEngine(grid).getSerializationService();
    }

    @Override
    public Claim claim(int shard, String owner) {
        try {
            // One name until it is known to have succeeded, and one name raises the epoch once in a term, however
            // often it is tried.
            String claim = claims.computeIfAbsent(shard, first -> owner + "/" + UUID.randomUUID());
            long epoch = headers.executeOnKey(places.header(shard), new ClaimProcessor(owner, claim, terms.won()));
            if (epoch < 0) {
                terms.saw(Terms.ofEpoch(-epoch));
                throw new LogUnavailableException(
                        "Expected to claim shard " + shard
                                + " under a term that is not below that of its log, but term "
                                + terms.won() + " is below " + Terms.ofEpoch(-epoch)
                                + ". Claimed again under a higher one",
                        null);
            }
            ShardHeader header = headers.get(places.header(shard));
            if (header == null || header.epoch() != epoch) {
                throw new LogUnavailableException(
                        "Expected to hold shard " + shard + " in epoch " + epoch + ", but another claim came between",
                        null);
            }
            List<LogBatch> batches = readAll(shard, header);
            removeOrphans(shard, header);
            tails.put(shard, new OpenTail(epoch, header.tail(), header.nextSegment()));
            claims.remove(shard);
            return new Claim(epoch, header.next(), batches, header.remembered());
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            throw new LogUnavailableException("Expected to claim shard " + shard + ", but the grid did not answer", e);
        }
    }

    private List<LogBatch> readAll(int shard, ShardHeader header) {
        List<LogBatch> batches = new ArrayList<>();
        for (ShardHeader.Sealed sealed : header.segments()) {
            LogSegment segment = segments.get(places.segment(shard, sealed.segment()));
            if (segment == null) {
                // Or not there yet: of two parts of a cluster that become one again, headers may come before segments.
                throw new SegmentMissingException(shard, sealed);
            }
            batches.addAll(segment.batches());
        }
        batches.addAll(header.tail());
        return batches;
    }

    /**
     * Removes segments of this node's shards that no header names. A crash between two writes leaves one; a node that was
     * away and joins again brings back all that were dropped meanwhile.
     */
    void sweep() {
        SortedSet<Integer> shards = new TreeSet<>();
        segments.localKeySet().forEach(key -> shards.add(key.shard()));
        for (int shard : shards) {
            ShardHeader header = headers.get(places.header(shard));
            if (header != null) {
                removeOrphans(shard, header);
            }
        }
    }

    private void removeOrphans(int shard, ShardHeader header) {
        Set<Long> named = namedBy(header);
        for (LogKey key : segments.localKeySet()) {
            // What is being sealed or cleaned has a number that no header has given away yet.
            if (key.shard() == shard && key.segment() < header.nextSegment() && !named.contains(key.segment())) {
                segments.delete(key);
            }
        }
    }

    @Override
    public CompletionStage<AppendOutcome> append(int shard, long epoch, LogBatch batch) {
        // What submitToKey does, without the thread that it wakes to hand the answer on.
        return writes.watch(((MapProxyImpl<LogKey, ShardHeader>) headers)
                        .executeOnKeyInternal(places.header(shard), new AppendProcessor(epoch, batch)))
                .thenApplyAsync(
                        answer -> {
                            long current = requireNonNull(serialization.<Long>toObject(answer));
                            if (current < 0) {
                                return new AppendOutcome.Fenced(epoch, current == Long.MIN_VALUE ? 0 : -current);
                            }
                            appended(shard, epoch, batch);
                            return new AppendOutcome.Appended();
                        },
                        AT_ONCE);
    }

    private void appended(int shard, long epoch, LogBatch batch) {
        OpenTail tail = tails.get(shard);
        if (tail == null) {
            return;
        }
        List<LogBatch> full;
        long number;
        synchronized (tail) {
            if (tail.epoch != epoch) {
                return;
            }
            tail.batches.add(batch);
            tail.bytes += batch.request().causes().bytes().length;
            if (tail.sealing || tail.batches.size() < SEAL_BATCHES && tail.bytes < SEAL_BYTES) {
                return;
            }
            tail.sealing = true;
            full = List.copyOf(tail.batches);
            number = tail.nextSegment++;
        }
        // A segment is large, and to write it is not for the thread of a partition.
        CompletableFuture.completedFuture(full)
                .thenComposeAsync(batches -> seal(shard, tail, sealed(number, batches), batches))
                .exceptionally(failure -> {
                    LOG.warn(
                            "Expected to seal a segment of shard {}, but could not for certain; a later append tries again",
                            shard,
                            failure);
                    return false;
                })
                .thenCompose(made -> made ? CompletableFuture.completedFuture(null) : lookAgain(shard, tail))
                .thenRun(() -> mayBeSealed(tail))
                .exceptionally(failure -> {
                    LOG.warn("Expected to learn what is sealed of shard {}, but could not", shard, failure);
                    mayBeSealed(tail);
                    return null;
                });
    }

    private static void mayBeSealed(OpenTail tail) {
        synchronized (tail) {
            tail.sealing = false;
        }
    }

    /** A seal whose outcome is not known may have been made: what is in a segment must not go into another one. */
    private CompletionStage<?> lookAgain(int shard, OpenTail tail) {
        return headers.getAsync(places.header(shard)).thenAccept(header -> {
            if (header != null && header.epoch() == tail.epoch) {
                sealedThrough(tail, header.lastSealed());
                synchronized (tail) {
                    tail.nextSegment = Math.max(tail.nextSegment, header.nextSegment());
                }
            }
        });
    }

    private static void sealedThrough(OpenTail tail, long last) {
        synchronized (tail) {
            tail.batches.removeIf(batch -> batch.sequence() <= last);
            tail.bytes = tail.batches.stream()
                    .mapToInt(batch -> batch.request().causes().bytes().length)
                    .sum();
        }
    }

    private CompletionStage<Boolean> seal(int shard, OpenTail tail, ShardHeader.Sealed sealed, List<LogBatch> full) {
        return segments.setAsync(places.segment(shard, sealed.segment()), new LogSegment(full))
                .thenCompose(stored -> headers.submitToKey(places.header(shard), new SealProcessor(tail.epoch, sealed)))
                .thenApply(done -> {
                    if (Boolean.TRUE.equals(done)) {
                        sealedThrough(tail, sealed.last());
                    }
                    return Boolean.TRUE.equals(done);
                });
    }

    @Override
    public List<LogBatch> read(int shard) {
        return image(shard).map(ShardImage::batches).orElse(List.of());
    }

    /** The log as it is at one moment; empty if nobody ever claimed the shard. */
    Optional<ShardImage> image(int shard) {
        try {
            // A seal or a trim may come between the header and its segments; then the header has changed.
            for (int attempt = 0; attempt < 3; attempt++) {
                ShardHeader header = headers.get(places.header(shard));
                if (header == null) {
                    return Optional.empty();
                }
                try {
                    return Optional.of(
                            new ShardImage(shard, header.next(), header.remembered(), readAll(shard, header)));
                } catch (LogUnavailableException segmentGone) {
                    LOG.debug("The log of shard {} changed while it was read", shard, segmentGone);
                }
            }
            throw new LogUnavailableException(
                    "Expected to read the log of shard " + shard + ", but it changed three times meanwhile", null);
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            throw new LogUnavailableException(
                    "Expected to read the log of shard " + shard + ", but the grid did not answer", e);
        }
    }

    /** Who may write to a shard, and the open tail of its log; null if nobody ever claimed it. */
    @Nullable
    ShardHeader header(int shard) {
        return headers.get(places.header(shard));
    }

    /**
     * Returns whether the shard has this log now: it has not if something was logged there before.
     *
     * @param above   an epoch that the shard's is to exceed afterwards
     * @param written the epoch of this cluster that appended last to the log; -1 if none did
     */
    boolean restore(ShardImage image, String claim, long above, long written) {
        for (int attempt = 1; ; attempt++) {
            ShardHeader header = headers.get(places.header(image.shard()));
            if (header != null && header.next() != 1) {
                return false;
            }
            if (attempt > RESTORES) {
                throw new LogUnavailableException(
                        "Expected to restore shard " + image.shard() + ", but another node claims it again and again",
                        null);
            }
            long first = numberOf(claim, header == null ? 0 : header.nextSegment());
            if (restore(image, claim, above, written, first)) {
                return true;
            }
        }
    }

    private boolean restore(ShardImage image, String claim, long above, long written, long first) {
        LogKey key = places.header(image.shard());
        long number = first;
        List<ShardHeader.Sealed> parts = new ArrayList<>();
        for (List<LogBatch> part : inSegments(image.batches())) {
            segments.set(places.segment(image.shard(), number), new LogSegment(part));
            parts.add(sealed(number, part));
            number++;
        }
        boolean restored = headers.executeOnKey(
                key, new RestoreProcessor(claim, above, written, image.next(), image.remembered(), parts));
        if (!restored) {
            Set<Long> named = namedBy(headers.get(key));
            parts.stream()
                    .map(ShardHeader.Sealed::segment)
                    .filter(part -> !named.contains(part))
                    .forEach(part -> segments.delete(places.segment(image.shard(), part)));
        }
        return restored;
    }

    /**
     * The first number of the segments of a restore, its own: another node may restore the shard at the same moment, perhaps
     * from another backup. What a crash leaves of them is swept, because those of a later restore are higher.
     */
    private static long numberOf(String claim, long lowest) {
        return Math.max(ShardHeader.freshSegment(), lowest) + ((claim.hashCode() & 0x3fL) << 14);
    }

    private static Set<Long> namedBy(@Nullable ShardHeader header) {
        return header == null
                ? Set.of()
                : header.segments().stream().map(ShardHeader.Sealed::segment).collect(Collectors.toSet());
    }

    private static ShardHeader.Sealed sealed(long number, List<LogBatch> batches) {
        return new ShardHeader.Sealed(
                number,
                batches.get(0).sequence(),
                batches.get(batches.size() - 1).sequence());
    }

    /** Each a little larger than it has to be. */
    private static List<List<LogBatch>> inSegments(List<LogBatch> batches) {
        List<List<LogBatch>> parts = new ArrayList<>();
        List<LogBatch> part = new ArrayList<>();
        int bytes = 0;
        for (LogBatch batch : batches) {
            part.add(batch);
            bytes += batch.request().causes().bytes().length;
            if (bytes >= SEAL_BYTES) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    @Override
    public void trim(int shard, long epoch, long firstNeeded) {
        OpenTail tail = tails.get(shard);
        if (tail != null) {
            synchronized (tail) {
                tail.batches.removeIf(batch -> batch.sequence() < firstNeeded);
            }
        }
        headers.submitToKey(places.header(shard), new TrimProcessor(epoch, firstNeeded))
                .whenComplete((dropped, failure) -> {
                    if (failure != null) {
                        LOG.warn(
                                "Expected to trim shard {} to sequence {}, but the grid refused; it stays longer",
                                shard,
                                firstNeeded,
                                failure);
                        return;
                    }
                    for (long segment : dropped) {
                        segments.deleteAsync(places.segment(shard, segment));
                    }
                });
    }

    @Override
    public void clean(int shard, long epoch, long first, long last, List<LogBatch> kept) {
        OpenTail tail = tails.get(shard);
        ShardHeader header = headers.get(places.header(shard));
        if (tail == null || header == null) {
            return;
        }
        List<ShardHeader.Sealed> old = new ArrayList<>();
        for (ShardHeader.Sealed sealed : header.segments()) {
            if (sealed.last() > last) {
                break;
            }
            old.add(sealed);
        }
        synchronized (tail) {
            if (tail.epoch != epoch || tail.sealing || old.isEmpty()) {
                // Either this writer is fenced, or a segment is on its way; then the next cleaning covers this one.
                return;
            }
            tail.sealing = true;
        }
        replace(shard, tail, old, kept);
    }

    /** Writes the cleaned segments, names them instead of the old ones, and only then drops those. */
    private void replace(int shard, OpenTail tail, List<ShardHeader.Sealed> old, List<LogBatch> kept) {
        long end = old.get(old.size() - 1).last();
        List<ShardHeader.Sealed> cleaned = new ArrayList<>();
        CompletableFuture<?> written = CompletableFuture.completedFuture(null);
        List<LogBatch> inside =
                kept.stream().filter(batch -> batch.sequence() <= end).toList();
        List<List<LogBatch>> parts = inSegments(inside);
        long number;
        synchronized (tail) {
            number = tail.nextSegment;
            tail.nextSegment += parts.size();
        }
        for (List<LogBatch> part : parts) {
            ShardHeader.Sealed sealed = sealed(number + cleaned.size(), part);
            cleaned.add(sealed);
            written = CompletableFuture.allOf(
                    written,
                    segments.setAsync(places.segment(shard, sealed.segment()), new LogSegment(part))
                            .toCompletableFuture());
        }
        CompletionStage<?> segmentsStored = written;
        segmentsStored
                .thenCompose(stored ->
                        headers.submitToKey(places.header(shard), new CleanProcessor(tail.epoch, old, cleaned)))
                .whenComplete((done, failure) -> {
                    boolean replaced = failure == null && Boolean.TRUE.equals(done);
                    if (!replaced) {
                        LOG.warn(
                                "Expected to replace {} segments of shard {} by {} cleaned ones, but the grid refused;"
                                        + " they stay longer",
                                old.size(),
                                shard,
                                cleaned.size(),
                                failure);
                    }
                    synchronized (tail) {
                        tail.sealing = false;
                    }
                    if (replaced) {
                        old.forEach(part -> segments.deleteAsync(places.segment(shard, part.segment())));
                    }
                });
    }

    @Override
    public CompletionStage<AppendOutcome> remember(int shard, long epoch, byte[] bytes) {
        return headers.submitToKey(places.header(shard), new RememberProcessor(epoch, bytes))
                .thenApply(current -> current < 0
                        ? new AppendOutcome.Fenced(epoch, current == Long.MIN_VALUE ? 0 : -current)
                        : new AppendOutcome.Appended());
    }
}
