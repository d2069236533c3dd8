// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import io.evenkeel.runtime.shard.LogUnavailableException;

/** A header names a segment that is not in the grid: not yet, or for good. */
final class SegmentMissingException extends LogUnavailableException {
    private static final long serialVersionUID = 1L;

    SegmentMissingException(int shard, ShardHeader.Sealed sealed) {
        super(
                "Expected segment " + sealed.segment() + " of shard " + shard
                        + " in the grid, but it is not there. sequences=" + sealed.first() + ".." + sealed.last(),
                null);
    }
}
