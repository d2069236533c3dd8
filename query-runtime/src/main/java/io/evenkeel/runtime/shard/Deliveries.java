// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The causes that the log holds, by their ids, and which of them are confirmed.
 *
 * <p>A cause is confirmed once the commit that acknowledged it is known to have happened: it will not come again, and
 * its matches are with the broker. A receiver tells this for its own session batch by batch. Of a session before it this
 * follows once those since have read far enough.
 */
final class Deliveries {
    /** A session of a receiver. */
    private record Session(String queue, long generation, boolean strict) {}

    /** The causes that one batch of a session delivered. */
    private record Delivered(long batch, List<LoggedCause> causes) {}

    private final CauseTable byMessage = new CauseTable();
    private final Map<EventKey, LoggedCause> byEvent = new HashMap<>();
    private final Map<Session, Deque<Delivered>> unconfirmed = new LinkedHashMap<>();
    private final Map<String, Long> latestGeneration = new HashMap<>();
    /** How many messages the sessions on a strict queue are known to have committed, by generation. */
    private final Map<String, TreeMap<Long, Long>> committed = new HashMap<>();

    private final TreeMap<Long, Integer> unconfirmedBySequence = new TreeMap<>();
    private final int settledAfter;

    /** @param settledAfter as many messages a session on a strict queue may have logged and not committed */
    Deliveries(int settledAfter) {
        this.settledAfter = settledAfter;
    }

    /** The generation of the latest session on a strict queue that this shard has heard of; 0 if of none. */
    long latestGeneration(String queue) {
        return latestGeneration.getOrDefault(queue, 0L);
    }

    /** The cause with the same message id; null if the log holds none. */
    @Nullable
    LoggedCause find(LoggedCause like) {
        return byMessage.find(like);
    }

    /**
     * True if the log holds an event of the same type under another message that bears the same id, whichever of the two
     * is a copy.
     */
    boolean repeats(Cause.EventCause cause, LoggedCause logged) {
        EventKey named = logged.event();
        if (named == null) {
            // What was rejected is published again, corrected, under the id of its message.
            return !byEvent.isEmpty()
                    && byEvent.containsKey(new EventKey(cause.event().type().name(), cause.eventId()));
        }
        return byEvent.containsKey(named) || byMessage.find(new LoggedCause(named.id(), null, 0)) != null;
    }

    void add(LoggedCause cause) {
        byMessage.add(cause);
        if (cause.event() != null) {
            byEvent.put(cause.event(), cause);
        }
    }

    /** Notes that so many causes of a batch are not confirmed. Told once for all of them: this is on the path of each event. */
    void addUnconfirmed(long sequence, int causes) {
        if (causes > 0) {
            unconfirmedBySequence.merge(sequence, causes, Integer::sum);
        }
    }

    /** Notes that a batch delivered these causes, for the first time or again. */
    void delivered(Source source, List<LoggedCause> causes) {
        if (!causes.isEmpty()) {
            unconfirmed
                    .computeIfAbsent(
                            new Session(source.queue(), source.generation(), source.strict()), s -> new ArrayDeque<>())
                    .addLast(new Delivered(source.batch(), causes));
        }
    }

    /** Takes in what a receiver knows of commits. */
    void confirm(Source source) {
        if (source.strict()) {
            latestGeneration.merge(source.queue(), source.generation(), Math::max);
        }
        long firstUnsettled = firstUnsettled(source);
        Iterator<Map.Entry<Session, Deque<Delivered>>> sessions =
                unconfirmed.entrySet().iterator();
        while (sessions.hasNext()) {
            Map.Entry<Session, Deque<Delivered>> session = sessions.next();
            if (!session.getKey().queue().equals(source.queue())) {
                continue;
            }
            Deque<Delivered> batches = session.getValue();
            long generation = session.getKey().generation();
            if (generation == source.generation()) {
                confirmThrough(batches, source.confirmedThrough());
            } else if (session.getKey().strict() && generation < firstUnsettled) {
                confirmThrough(batches, Long.MAX_VALUE);
            }
            if (batches.isEmpty()) {
                sessions.remove();
            }
        }
    }

    /**
     * Sessions of earlier generations have nothing open any more: what they had logged and not committed was at the head of the
     * queue, and the sessions since have committed more than that. The latest alone need not have: a queue that is read slowly
     * may have a new session each night, none of which gets far.
     */
    private long firstUnsettled(Source source) {
        TreeMap<Long, Long> known = committed.computeIfAbsent(source.queue(), queue -> new TreeMap<>());
        if (source.committed() > 0) {
            known.merge(source.generation(), source.committed(), Math::max);
        }
        long sum = 0;
        for (Map.Entry<Long, Long> session : known.descendingMap().entrySet()) {
            sum += session.getValue();
            if (sum >= settledAfter) {
                known.headMap(session.getKey()).clear();
                return session.getKey();
            }
        }
        return 0;
    }

    private void confirmThrough(Deque<Delivered> batches, long through) {
        for (Delivered first = batches.peekFirst();
                first != null && first.batch() <= through;
                first = batches.peekFirst()) {
            confirm(batches.removeFirst().causes());
        }
    }

    private void confirm(List<LoggedCause> causes) {
        long sequence = 0;
        int newly = 0;
        for (LoggedCause cause : causes) {
            if (!cause.confirmed()) {
                cause.confirm();
                if (cause.sequence() != sequence) {
                    subtract(sequence, newly);
                    sequence = cause.sequence();
                    newly = 0;
                }
                newly++;
            }
        }
        subtract(sequence, newly);
    }

    private void subtract(long sequence, int newly) {
        if (newly > 0) {
            unconfirmedBySequence.computeIfPresent(sequence, (key, count) -> count == newly ? null : count - newly);
        }
    }

    /** Confirms all that was logged before a sequence: it is known from before that all of it is committed. */
    void confirmBefore(long sequence) {
        confirmBefore(session -> sequence);
    }

    /**
     * Confirms what was logged before a sequence and no session has confirmed since, where age has to tell. Relaxed receivers read in
     * no order, so that no later message tells anything about an earlier one; and after what took a detour, the next message may
     * come in months.
     *
     * @return how many causes
     */
    int expire(long relaxedBefore, long detouredBefore) {
        return confirmBefore(session -> {
            if (session.strict()) {
                return Source.isDetour(session.queue()) ? detouredBefore : Long.MIN_VALUE;
            }
            return relaxedBefore;
        });
    }

    /** @return how many causes were not confirmed */
    private int confirmBefore(ToLongFunction<Session> sequence) {
        List<LoggedCause> newly = new ArrayList<>();
        unconfirmed.forEach((session, batches) -> {
            long before = sequence.applyAsLong(session);
            batches.forEach(batch -> batch.causes().stream()
                    .filter(cause -> cause.sequence() < before && !cause.confirmed())
                    .forEach(newly::add));
        });
        confirm(newly);
        // A dead session would be kept for ever, and with it all causes that it delivered.
        unconfirmed.values().removeIf(batches -> {
            batches.removeIf(batch -> batch.causes().stream().allMatch(LoggedCause::confirmed));
            return batches.isEmpty();
        });
        return newly.size();
    }

    /** Sequence of the oldest batch with an unconfirmed cause; empty if all are confirmed. */
    OptionalLong oldestUnconfirmed() {
        return unconfirmedBySequence.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(unconfirmedBySequence.firstKey());
    }

    int unconfirmedCount() {
        return unconfirmedBySequence.values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** Forgets causes whose batch left the log. All are confirmed. */
    void forget(List<LoggedCause> causes) {
        for (LoggedCause cause : causes) {
            byMessage.remove(cause);
            if (cause.event() != null) {
                byEvent.remove(cause.event(), cause);
            }
        }
    }
}
