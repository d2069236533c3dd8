// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

/**
 * An entry of the log: causes that were appended together. Immutable; never an empty block.
 *
 * @param sequence     consecutive within the shard, from 1
 * @param engineTimeMs of the shard before this batch, so that time is known when earlier batches are gone
 * @param stampMs      engine time for causes whose provider told no ingress time
 * @param request      what was appended, without the causes that the log knew already
 */
public record LogBatch(long sequence, long engineTimeMs, long stampMs, ShardRequest request) {
    public LogBatch {
        requireNonNull(request, "request");
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence is below 1: " + sequence);
        }
    }
}
