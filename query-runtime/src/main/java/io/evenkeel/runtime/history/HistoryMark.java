// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/**
 * How far the log of a shard is in a store. Of two, the one with the higher epoch is newer, and of the same epoch the longer
 * one.
 *
 * @param epoch      of the last claim that was seen
 * @param next       sequence of the batch that comes after
 * @param remembered what the writer keeps beside the log; not a copy: do not change it
 */
public record HistoryMark(int shard, long epoch, long next, byte[] remembered) {
    /** Older before newer. */
    public static final Comparator<HistoryMark> BY_AGE =
            Comparator.comparingLong(HistoryMark::epoch).thenComparingLong(HistoryMark::next);

    public HistoryMark {
        requireNonNull(remembered, "remembered");
        if (next < 1) {
            throw new IllegalArgumentException("next is below 1: " + next);
        }
    }
}
