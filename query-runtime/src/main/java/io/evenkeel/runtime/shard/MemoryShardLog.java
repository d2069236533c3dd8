// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log in the memory of one process, for tests and for running a query without a cluster. Thread-safe. */
public final class MemoryShardLog implements ShardLog {
    private static final class Entry {
        private long epoch;
        private long next = 1;
        private byte[] remembered = {};
        private final List<LogBatch> batches = new ArrayList<>();
    }

    private final Map<Integer, Entry> shards = new HashMap<>();

    /** An independent log with the same content: to see what a replay would give. */
    public synchronized MemoryShardLog copy() {
        MemoryShardLog copy = new MemoryShardLog();
        shards.forEach((shard, entry) -> {
            Entry twin = new Entry();
            twin.epoch = entry.epoch;
            twin.next = entry.next;
            twin.remembered = entry.remembered;
            twin.batches.addAll(entry.batches);
            copy.shards.put(shard, twin);
        });
        return copy;
    }

    @Override
    public synchronized Claim claim(int shard, String owner) {
        Entry entry = shards.computeIfAbsent(shard, s -> new Entry());
        entry.epoch++;
        return new Claim(entry.epoch, entry.next, entry.batches, entry.remembered);
    }

    @Override
    public synchronized CompletionStage<AppendOutcome> append(int shard, long epoch, LogBatch batch) {
        Entry entry = shards.computeIfAbsent(shard, s -> new Entry());
        if (entry.epoch != epoch) {
            return CompletableFuture.completedFuture(new AppendOutcome.Fenced(epoch, entry.epoch));
        }
        if (batch.sequence() != entry.next) {
            return CompletableFuture.failedFuture(new IllegalStateException("Expected batch " + entry.next
                    + " of shard " + shard + ", but got " + batch.sequence() + ". epoch=" + epoch));
        }
        entry.next++;
        entry.batches.add(batch);
        return CompletableFuture.completedFuture(new AppendOutcome.Appended());
    }

    @Override
    public synchronized List<LogBatch> read(int shard) {
        return List.copyOf(shards.computeIfAbsent(shard, s -> new Entry()).batches);
    }

    @Override
    public synchronized void trim(int shard, long epoch, long firstNeeded) {
        Entry entry = shards.computeIfAbsent(shard, s -> new Entry());
        if (entry.epoch == epoch) {
            entry.batches.removeIf(batch -> batch.sequence() < firstNeeded);
        }
    }

    @Override
    public synchronized void clean(int shard, long epoch, long first, long last, List<LogBatch> kept) {
        Entry entry = shards.computeIfAbsent(shard, s -> new Entry());
        if (entry.epoch == epoch) {
            entry.batches.removeIf(batch -> batch.sequence() >= first && batch.sequence() <= last);
            entry.batches.addAll(kept);
            entry.batches.sort(Comparator.comparingLong(LogBatch::sequence));
        }
    }

    @Override
    public synchronized CompletionStage<AppendOutcome> remember(int shard, long epoch, byte[] bytes) {
        Entry entry = shards.computeIfAbsent(shard, s -> new Entry());
        if (entry.epoch != epoch) {
            return CompletableFuture.completedFuture(new AppendOutcome.Fenced(epoch, entry.epoch));
        }
        entry.remembered = bytes.clone();
        return CompletableFuture.completedFuture(new AppendOutcome.Appended());
    }
}
