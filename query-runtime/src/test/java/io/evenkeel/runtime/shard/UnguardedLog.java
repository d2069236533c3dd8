// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A log that takes what a fenced writer appends. */
record UnguardedLog(MemoryShardLog log) implements ShardLog {
    @Override
    public Claim claim(int shard, String owner) {
        return log.claim(shard, owner);
    }

    @Override
    public CompletionStage<AppendOutcome> append(int shard, long epoch, LogBatch batch) {
        Claim current = log.claim(shard, "unguarded");
        return log.append(
                shard,
                current.epoch(),
                new LogBatch(current.next(), batch.engineTimeMs(), batch.stampMs(), batch.clocks(), batch.request()));
    }

    @Override
    public List<LogBatch> read(int shard) {
        return log.read(shard);
    }

    @Override
    public void trim(int shard, long epoch, long firstNeeded) {
        // Sequences of several writers say nothing about each other.
    }

    @Override
    public CompletionStage<AppendOutcome> remember(int shard, long epoch, byte[] bytes) {
        return log.remember(shard, log.copy().claim(shard, "nobody").epoch() - 1, bytes);
    }

    @Override
    public void clean(int shard, long epoch, long first, long last, List<LogBatch> kept) {
        // The same.
    }
}
