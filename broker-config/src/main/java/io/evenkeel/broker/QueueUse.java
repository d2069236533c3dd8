// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

/**
 * How a node uses a queue, and so how it must be set up.
 *
 * @param queue     its name, the same as its address
 * @param consumers who may read it
 */
public record QueueUse(String queue, Consumers consumers) {
    /** Who may read a queue. */
    public enum Consumers {
        /** One at a time: the queue is exclusive. */
        ONE,
        /** All that there are: the queue is not exclusive. */
        MANY,
        /** Somebody else's business. */
        ANY
    }

    public QueueUse {
        requireNonNull(queue, "queue");
        requireNonNull(consumers, "consumers");
        if (queue.isBlank()) {
            throw new IllegalArgumentException("queue is blank");
        }
    }

    /** The input of a strict receiver: one active consumer. */
    public static QueueUse strict(String queue) {
        return new QueueUse(queue, Consumers.ONE);
    }

    /** The input of relaxed receivers: consumers share it. */
    public static QueueUse shared(String queue) {
        return new QueueUse(queue, Consumers.MANY);
    }

    /** An output: how it is read is for those to say who read it. */
    public static QueueUse output(String queue) {
        return new QueueUse(queue, Consumers.ANY);
    }
}
