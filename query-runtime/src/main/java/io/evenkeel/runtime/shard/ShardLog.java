// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The replicated log of all shards. One writer per shard: each append carries the writer's epoch, and the log itself
 * refuses a stale one (I3).
 *
 * <p><b>Threads.</b> Any. Calls for one shard come one at a time from one writer; writers on other nodes compete.
 * <p><b>Failure.</b> A {@link LogUnavailableException} leaves open whether the write happened: the writer must forget
 * its state of the shard and claim again.
 */
public interface ShardLog {

    /**
     * Takes a shard over: the epoch goes up by one, every earlier writer is fenced off from now on.
     *
     * @param owner name of the claiming node; for people
     * @return the new epoch and all retained batches
     */
    Claim claim(int shard, String owner);

    /**
     * Appends a batch if the epoch is current and the sequence is the next one. Complete only when the batch is on the
     * primary and on every backup that there is.
     */
    CompletionStage<AppendOutcome> append(int shard, long epoch, LogBatch batch);

    /** Reads all retained batches, in order of sequence. Blocks. */
    List<LogBatch> read(int shard);

    /**
     * Allows the log to drop all batches before a sequence. It may keep them, and does so if the epoch is stale.
     * Returns before it is done.
     */
    void trim(int shard, long epoch, long firstNeeded);

    /**
     * Allows the log to keep, of all batches from one sequence to another, only these. It may keep them all, and does so
     * if the epoch is stale. What it keeps of a batch is either all of it or what is given here. Returns before it is
     * done.
     *
     * @param kept batches with fewer causes, under the sequences that they had; those that are missing may go
     */
    void clean(int shard, long epoch, long first, long last, List<LogBatch> kept);

    /**
     * Keeps some bytes beside the batches, in place of those before, if the epoch is current. They outlive what is
     * trimmed. Complete only when they are on the primary and on every backup that there is.
     */
    CompletionStage<AppendOutcome> remember(int shard, long epoch, byte[] bytes);

    /**
     * A claim that succeeded.
     *
     * @param epoch      of the new writer
     * @param next       sequence that the next batch must have
     * @param batches    the retained ones, in order of sequence
     * @param remembered what was kept beside them last; empty if nothing was. Not a copy: do not change it
     */
    record Claim(long epoch, long next, List<LogBatch> batches, byte[] remembered) {
        public Claim {
            batches = List.copyOf(batches);
        }
    }

    /** What became of an append. */
    sealed interface AppendOutcome {
        <R> R fold(Function<Appended, R> appended, Function<Fenced, R> fenced);

        /** Logged, and replicated. */
        record Appended() implements AppendOutcome {
            @Override
            public <R> R fold(Function<Appended, R> appended, Function<Fenced, R> fenced) {
                return appended.apply(this);
            }
        }

        /** Refused: another writer took the shard over. Nothing was logged. */
        record Fenced(long mine, long current) implements AppendOutcome {
            @Override
            public <R> R fold(Function<Appended, R> appended, Function<Fenced, R> fenced) {
                return fenced.apply(this);
            }
        }
    }
}
