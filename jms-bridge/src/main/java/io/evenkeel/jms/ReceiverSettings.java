// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.connection.Destination;
import org.jspecify.annotations.Nullable;

/**
 * How a receiver works.
 *
 * @param name        unique in its node; in messages and metrics
 * @param destination a queue
 * @param eventType   the type of messages that name none; null: these are rejected
 * @param batch       the most messages of a transaction, 1 to {@value #MOST_OF_A_BATCH}
 * @param priority    consumer priority, the greatest goes first; null: of strict receivers, one that spreads several
 *                    queues over the nodes, of relaxed receivers 0
 * @param ticks       true for the one receiver of the cluster's tick queue; nowhere else can a message be a tick, so
 *                    that publishers of events cannot make one
 * @param detour      true for the one receiver that takes what a relaxed one could not bring to its owner; nowhere else does a
 *                    message say itself what it is known by
 */
public record ReceiverSettings(
        String name,
        Destination destination,
        @Nullable String eventType,
        Reliability reliability,
        Ordering ordering,
        int batch,
        @Nullable Integer priority,
        boolean ticks,
        boolean detour) {
    /** What the name of a queue ends with that takes what a relaxed receiver cannot bring to its owner. */
    public static final String DETOUR = ".detour";

    /**
     * No receiver takes more in a transaction.
     */
    public static final int MOST_OF_A_BATCH = 1000;

    /** As many messages a session may have logged and not committed: a batch in its commit, and the next one. */
    public static final int MOST_OPEN = 2 * MOST_OF_A_BATCH;

    public ReceiverSettings {
        requireNonNull(name, "name");
        requireNonNull(destination, "destination");
        requireNonNull(reliability, "reliability");
        requireNonNull(ordering, "ordering");
        if (destination.kind() != Destination.Kind.QUEUE) {
            throw new IllegalArgumentException("Expected a queue, but receiver " + name + " reads " + destination
                    + ". Bind a queue to the topic in the broker and read that.");
        }
        if (reliability != Reliability.APP_CONTROLLED) {
            throw new IllegalArgumentException(
                    "Expected reliability APP_CONTROLLED, but receiver " + name + " has " + reliability);
        }
        if (batch < 1 || batch > MOST_OF_A_BATCH) {
            throw new IllegalArgumentException(
                    "Expected batch from 1 to " + MOST_OF_A_BATCH + ", but receiver " + name + " has batch=" + batch);
        }
        if (detour && (ticks || ordering != Ordering.STRICT)) {
            throw new IllegalArgumentException("Expected a strict receiver of events for a detour, but receiver " + name
                    + " has ordering=" + ordering + " ticks=" + ticks);
        }
    }

    /** A strict receiver of events with full batches. */
    public static ReceiverSettings strict(String name, String queue, @Nullable String eventType) {
        return new ReceiverSettings(
                name,
                Destination.queue(queue),
                eventType,
                Reliability.APP_CONTROLLED,
                Ordering.STRICT,
                MOST_OF_A_BATCH,
                null,
                false,
                false);
    }

    /** A relaxed receiver of events with full batches. */
    public static ReceiverSettings relaxed(String name, String queue, @Nullable String eventType) {
        return strict(name, queue, eventType).withOrdering(Ordering.RELAXED);
    }

    /** The receiver of the cluster's ticks. */
    public static ReceiverSettings ofTicks(String queue) {
        return new ReceiverSettings(
                "ticks",
                Destination.queue(queue),
                null,
                Reliability.APP_CONTROLLED,
                Ordering.STRICT,
                MOST_OF_A_BATCH,
                null,
                true,
                false);
    }

    /** The receiver of what this one, which is relaxed, sends on a detour: strict, so that the order is kept. */
    public ReceiverSettings ofDetour() {
        return new ReceiverSettings(
                name + DETOUR,
                Destination.queue(detourQueue()),
                eventType,
                reliability,
                Ordering.STRICT,
                batch,
                null,
                false,
                true);
    }

    /** Where this one, which is relaxed, sends what it cannot bring to its owner now. */
    String detourQueue() {
        return destination.name() + DETOUR;
    }

    /** The queue that publishers know: what cannot be processed goes to side queues that are named after it. */
    String publishedQueue() {
        String queue = destination.name();
        return detour ? queue.substring(0, queue.length() - DETOUR.length()) : queue;
    }

    public ReceiverSettings withBatch(int newBatch) {
        return new ReceiverSettings(
                name, destination, eventType, reliability, ordering, newBatch, priority, ticks, detour);
    }

    public ReceiverSettings withOrdering(Ordering newOrdering) {
        return new ReceiverSettings(
                name, destination, eventType, reliability, newOrdering, batch, priority, ticks, detour);
    }

    public ReceiverSettings withPriority(int newPriority) {
        return new ReceiverSettings(
                name, destination, eventType, reliability, ordering, batch, newPriority, ticks, detour);
    }

    boolean strict() {
        return ordering == Ordering.STRICT;
    }
}
