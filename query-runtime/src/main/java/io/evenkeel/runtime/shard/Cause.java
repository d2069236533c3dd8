// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What makes a shard act: an event, a tick, or an order. Named by the id of its message, which no publisher can choose and redelivery
 * keeps.
 */
public sealed interface Cause {

    /** Stands for a watermark that is not known yet: events are held. */
    long NO_WATERMARK = Long.MIN_VALUE;

    /** Identity of the message: unique in the life of the broker, the same at each delivery. */
    String messageId();

    /** When the broker took the message in, ms since the epoch by the broker's clock; 0 if the provider does not tell. */
    long ingressMs();

    /**
     * An event.
     *
     * @param eventId    as the publisher named it; {@code messageId} if it named none
     * @param watermarks of the queries on source time that read this event, as of this event in its queue, ms since the
     *                   epoch; {@link #NO_WATERMARK} where none is known yet. A query that is missing was not there
     *                   when the event was read
     */
    record EventCause(String messageId, String eventId, Event event, long ingressMs, Map<String, Long> watermarks)
            implements Cause {
        public EventCause {
            requireNonNull(messageId, "messageId");
            requireNonNull(eventId, "eventId");
            requireNonNull(event, "event");
            watermarks = Map.copyOf(watermarks);
        }

        /** An event that no query on source time reads. */
        public EventCause(String messageId, String eventId, Event event, long ingressMs) {
            this(messageId, eventId, event, ingressMs, Map.of());
        }

        /** The same event, as if the broker had taken it in at another time. */
        EventCause takenInAt(long time) {
            return new EventCause(messageId, eventId, event, time, watermarks);
        }

        /** The same event, with what its receiver knows of source time. */
        public EventCause at(Map<String, Long> known) {
            return new EventCause(messageId, eventId, event, ingressMs, known);
        }
    }

    /**
     * A tick: moves the clocks of the queries, so that timers fire without an event.
     *
     * @param untilMs    ingress time up to which receivers had read their queues when the tick was sent. A tick does not
     *                   move time past events that still wait: else a backlog would look like silence
     * @param watermarks source time by query, ms since the epoch; queries that are not in it do not run on source time
     */
    record TickCause(String messageId, long ingressMs, long untilMs, SortedMap<String, Long> watermarks)
            implements Cause {
        public TickCause {
            requireNonNull(messageId, "messageId");
            watermarks = Collections.unmodifiableSortedMap(new TreeMap<>(watermarks));
        }
    }

    /**
     * What somebody decided about an instance that threw; for one shard. Part of the log, so that each replay does the
     * same.
     *
     * @param reason for people; may be empty
     */
    record OrderCause(String messageId, long ingressMs, InstanceId instance, String key, Order order, String reason)
            implements Cause {
        public OrderCause {
            requireNonNull(messageId, "messageId");
            requireNonNull(instance, "instance");
            requireNonNull(key, "key");
            requireNonNull(order, "order");
            requireNonNull(reason, "reason");
        }
    }
}
