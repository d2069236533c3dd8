// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.LogUnavailableException;
import java.util.List;

/** The logs of all shards, to read on any node, whoever owns them. Thread-safe. */
public final class RetainedLog {
    private final HazelcastShardLog log;

    public RetainedLog(HazelcastInstance grid) {
        this.log = new HazelcastShardLog(grid, new ShardPlaces(grid));
    }

    /**
     * All retained batches of a shard, in order of sequence. Blocks.
     *
     * @throws LogUnavailableException if the grid does not answer
     */
    public List<LogBatch> read(int shard) {
        return log.read(shard);
    }
}
