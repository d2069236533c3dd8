// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.plan.InputPlan;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows from which batch on the log is still needed.
 *
 * <p>A batch may go when all its causes are confirmed, the ids in it are older than the window in which repeats are
 * recognised, and no query can see any of its events: not now, and not at the time of the oldest unconfirmed cause,
 * whose matches may have to be computed again (I6).
 *
 * <p>What a query saw is kept in the query's column, in the query's own time: two queries may run on different clocks.
 */
final class Retention {
    /** A batch in the log. */
    private static final class Entry {
        private final List<LoggedCause> causes;
        private final long engineTimeBefore;
        private long engineTimeAfter;
        /** By column: the query's clock before this batch. */
        private long[] clockBefore = {};
        /** By column: the query's clock when it saw an event of this batch last; NEVER if it saw none. */
        private long[] seenAt = {};
        /** By column: how many events of this batch are among the last {@code retain} of their key. */
        private int[] retained = {};
        /** By column: how many events of this batch wait for source time to pass them. */
        private int[] held = {};

        Entry(List<LoggedCause> causes, long engineTime, int columns) {
            this.causes = causes;
            this.engineTimeBefore = engineTime;
            this.engineTimeAfter = engineTime;
            widen(columns);
        }

        void widen(int columns) {
            int from = seenAt.length;
            if (columns > from) {
                clockBefore = Arrays.copyOf(clockBefore, columns);
                seenAt = Arrays.copyOf(seenAt, columns);
                retained = Arrays.copyOf(retained, columns);
                held = Arrays.copyOf(held, columns);
                Arrays.fill(clockBefore, from, columns, QuerySlot.NEVER);
                Arrays.fill(seenAt, from, columns, QuerySlot.NEVER);
            }
        }
    }

    /** The events of a key that a window by number holds. */
    private static final class Visible {
        private final Deque<Entry> inOrder = new ArrayDeque<>();
        /** By the values of which only the newest event counts; not used if there are none. */
        private final Map<String, Entry> newest = new LinkedHashMap<>(0);

        /** Adds an event and returns the one that it pushes out; null if it pushes none. */
        @Nullable
        Entry add(Entry entry, String unique, int most) {
            if (unique.isEmpty()) {
                inOrder.addLast(entry);
                return inOrder.size() > most ? inOrder.removeFirst() : null;
            }
            Entry replaced = newest.remove(unique);
            newest.put(unique, entry);
            if (replaced != null || newest.size() <= most) {
                return replaced;
            }
            String oldest = newest.keySet().iterator().next();
            return newest.remove(oldest);
        }
    }

    /** An event pushed another out of a window by number; that one may go once the newer one is confirmed. */
    private record Displaced(LoggedCause by, Entry entry, int column) {}

    private final long dedupeWindowMs;
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final List<Map<String, Visible>> lastOfKey = new ArrayList<>();
    private final Deque<Displaced> displaced = new ArrayDeque<>();

    Retention(Duration dedupeWindow) {
        this.dedupeWindowMs = dedupeWindow.toMillis();
    }

    void add(long sequence, List<LoggedCause> causes, long engineTime) {
        entries.put(sequence, new Entry(causes, engineTime, lastOfKey.size()));
    }

    /** The causes of a batch in the order of the log; null if it was trimmed. */
    @Nullable
    List<LoggedCause> causesOf(long sequence) {
        Entry entry = entries.get(sequence);
        return entry == null ? null : entry.causes;
    }

    /** Makes room for a query's column, and forgets what stood there. */
    void clearColumn(int column) {
        while (lastOfKey.size() <= column) {
            lastOfKey.add(new HashMap<>());
        }
        lastOfKey.get(column).clear();
        displaced.removeIf(pushed -> pushed.column() == column);
        for (Entry entry : entries.values()) {
            entry.widen(lastOfKey.size());
            entry.clockBefore[column] = QuerySlot.NEVER;
            entry.seenAt[column] = QuerySlot.NEVER;
            entry.retained[column] = 0;
            entry.held[column] = 0;
        }
    }

    /** Notes the clock of a query before it is shown a batch. */
    void before(long sequence, QuerySlot slot) {
        requireNonNull(entries.get(sequence)).clockBefore[slot.column()] = slot.clock();
    }

    void after(long sequence, long engineTime) {
        requireNonNull(entries.get(sequence)).engineTimeAfter = engineTime;
    }

    /** Notes that a query holds an event back. */
    void held(LoggedCause event, int column) {
        requireNonNull(entries.get(event.sequence())).held[column]++;
    }

    /** Notes that a query does not hold an event back any more; it will be {@linkplain #saw seen} next. */
    void released(LoggedCause event, int column) {
        requireNonNull(entries.get(event.sequence())).held[column]--;
    }

    /**
     * Notes that a query saw an event of a batch.
     *
     * @param by the cause that made it see the event: the event itself, or what moved source time past it
     */
    void saw(LoggedCause cause, LoggedCause by, QuerySlot slot, InputPlan input, Event event) {
        Entry entry = requireNonNull(entries.get(cause.sequence()));
        int column = slot.column();
        entry.seenAt[column] = slot.clock();
        Integer retain = input.input().retain();
        if (retain != null && input.input().within() == null) {
            String key = event.type().name() + '\u0000' + input.keyOf(event);
            entry.retained[column]++;
            Visible visible = lastOfKey.get(column).computeIfAbsent(key, k -> new Visible());
            Entry gone = visible.add(entry, input.uniqueOf(event), retain);
            if (gone != null) {
                displaced.addLast(new Displaced(by, gone, column));
            }
        }
    }

    /** The sequence of the oldest batch that is still needed, and what may be forgotten with those before it. */
    record Trim(long firstNeeded, List<LoggedCause> forgotten) {}

    /**
     * Drops what is not needed any more; null if that is nothing.
     *
     * @param oldestUnconfirmed sequence of the oldest batch with an unconfirmed cause; {@link Long#MAX_VALUE} if none
     */
    @Nullable
    Trim trim(long oldestUnconfirmed, long engineTime, Collection<QuerySlot> slots) {
        while (!displaced.isEmpty() && displaced.getFirst().by().confirmed()) {
            Displaced pushed = displaced.removeFirst();
            pushed.entry().retained[pushed.column()]--;
        }
        Entry horizon = entries.get(oldestUnconfirmed);
        List<LoggedCause> forgotten = new ArrayList<>();
        long firstNeeded = -1;
        for (Map.Entry<Long, Entry> first = entries.firstEntry(); first != null; first = entries.firstEntry()) {
            if (first.getKey() >= oldestUnconfirmed || isNeeded(first.getValue(), horizon, engineTime, slots)) {
                break;
            }
            entries.pollFirstEntry();
            forgotten.addAll(first.getValue().causes);
            firstNeeded = first.getKey() + 1;
        }
        return firstNeeded < 0 ? null : new Trim(firstNeeded, forgotten);
    }

    /** @param horizon the batch of the oldest unconfirmed cause; null: all are confirmed, the present is what counts */
    private boolean isNeeded(Entry entry, @Nullable Entry horizon, long engineTime, Collection<QuerySlot> slots) {
        long now = horizon == null ? engineTime : horizon.engineTimeBefore;
        if (entry.engineTimeAfter + dedupeWindowMs >= now) {
            return true;
        }
        for (QuerySlot slot : slots) {
            int column = slot.column();
            long seenAt = entry.seenAt[column];
            if (entry.held[column] > 0) {
                return true;
            }
            if (seenAt != QuerySlot.NEVER) {
                long clock = horizon == null ? slot.clock() : horizon.clockBefore[column];
                if (entry.retained[column] > 0 || seenAt + withinMs(slot) >= clock) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The longest window in time of a query; 0 if it has windows by number only, for which {@code retained} counts. */
    private static long withinMs(QuerySlot slot) {
        return slot.plan().definition().inputs().stream()
                .map(QueryInput::within)
                .mapToLong(within -> within == null ? 0 : within.toMillis())
                .max()
                .orElse(0);
    }

    /** Sequence of the first batch that was logged after an engine time; one past the last if there is none. */
    long firstSequenceAfter(long engineTime) {
        for (Map.Entry<Long, Entry> entry : entries.entrySet()) {
            if (entry.getValue().engineTimeAfter > engineTime) {
                return entry.getKey();
            }
        }
        return entries.isEmpty() ? 0 : entries.lastKey() + 1;
    }

    int batches() {
        return entries.size();
    }
}
