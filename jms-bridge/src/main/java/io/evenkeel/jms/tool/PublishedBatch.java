// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.tool;

/**
 * What became of a batch of lines.
 *
 * @param firstLine of the batch in the input, from 1
 * @param lines     how many
 * @param withoutId how many of them go by no id of their own; 0 if none is asked for
 * @param failure   in words; empty if it is {@link Outcome#OK}
 */
public record PublishedBatch(long firstLine, int lines, int withoutId, Outcome outcome, String failure) {
    /** What is known. */
    public enum Outcome {
        /** Each line is on the queue, once. */
        OK,
        /** No line is. */
        FAILED,
        /** All or none: the connection broke in the commit. */
        UNKNOWN
    }
}
