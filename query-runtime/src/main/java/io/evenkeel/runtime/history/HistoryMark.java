// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import static java.util.Objects.requireNonNull;

/**
 * How far the log of a shard is in a store. Of two, the one to which the later epoch has appended is newer, and of the same epoch
 * the longer one.
 *
 * @param epoch      of the last claim that was seen
 * @param written    the epoch in which something was appended or remembered last
 * @param next       sequence of the batch that comes after
 * @param remembered what the writer keeps beside the log; not a copy: do not change it
 */
public record HistoryMark(int shard, long epoch, long written, long next, byte[] remembered) {
    public HistoryMark {
        requireNonNull(remembered, "remembered");
        if (next < 1) {
            throw new IllegalArgumentException("next is below 1: " + next);
        }
    }
}
