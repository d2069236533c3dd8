// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

/**
 * How a node uses a queue, and so how it must be set up.
 *
 * @param queue     its name, the same as its address
 * @param exclusive true for the input of a strict receiver, false for inputs of relaxed receivers and for outputs
 */
public record QueueUse(String queue, boolean exclusive) {

    public QueueUse {
        requireNonNull(queue, "queue");
        if (queue.isBlank()) {
            throw new IllegalArgumentException("queue is blank");
        }
    }

    /** The input of a strict receiver: one active consumer. */
    public static QueueUse strict(String queue) {
        return new QueueUse(queue, true);
    }

    /** The input of relaxed receivers, or an output: consumers share it. */
    public static QueueUse shared(String queue) {
        return new QueueUse(queue, false);
    }
}
