// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.runtime.plan.InputPlan;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows what of the log is still needed.
 *
 * <p>A batch may go when all its causes are confirmed, the ids in it are older than the window in which repeats are
 * recognised, and no query can see any of its events: not now, and not at the time of the oldest unconfirmed cause,
 * whose matches may have to be computed again (I6).
 *
 * <p>A window in time needs whole batches, and not for long. A window by number needs single events, perhaps for ever:
 * these are {@linkplain LoggedCause#pins pinned}. The log is trimmed from its beginning to the first batch that is
 * needed, and behind that it is {@linkplain #clean cleaned} of what is not pinned.
 *
 * <p>What a query saw is kept in the query's column, in the query's own time: two queries may run on different clocks.
 */
final class Retention {
    /** Below that many batches behind the first pinned one there is nothing worth cleaning. */
    private static final int CLEAN_AT_LEAST = 64;

    /** A batch in the log. */
    private static final class Entry {
        private List<LoggedCause> causes;
        private final long engineTimeBefore;
        private long engineTimeAfter;
        /** Of all its causes. */
        private int pins;
        /** By column: the query's clock before this batch. */
        private long[] clockBefore = {};
        /** By column: the query's clock when it saw an event of this batch last; NEVER if it saw none. */
        private long[] seenAt = {};

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
                Arrays.fill(clockBefore, from, columns, QuerySlot.NEVER);
                Arrays.fill(seenAt, from, columns, QuerySlot.NEVER);
            }
        }
    }

    /** An event pushed another out of a window by number; that one may go once the newer one is confirmed. */
    private record Displaced(LoggedCause by, LoggedCause event, int column) {}

    private final long dedupeWindowMs;
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final List<PinnedEvents> pinned = new ArrayList<>();
    private final Deque<Displaced> displaced = new ArrayDeque<>();
    private int cleanAt = CLEAN_AT_LEAST;
    /** The batch that is being shown to queries, so that it is looked up once and not for each of its events. */
    private long shownSequence = -1;

    private @Nullable Entry shown;

    Retention(Duration dedupeWindow) {
        this.dedupeWindowMs = dedupeWindow.toMillis();
    }

    void add(long sequence, List<LoggedCause> causes, long engineTime) {
        entries.put(sequence, new Entry(causes, engineTime, pinned.size()));
    }

    /** The causes of a batch in the order of the log; null if it was trimmed. */
    @Nullable
    List<LoggedCause> causesOf(long sequence) {
        Entry entry = entries.get(sequence);
        return entry == null ? null : entry.causes;
    }

    /** Makes room for a query's column, and forgets what stood there. */
    void clearColumn(int column) {
        while (pinned.size() <= column) {
            pinned.add(new PinnedEvents());
        }
        pinned.get(column).drain(this::unpin);
        displaced.removeIf(pushed -> {
            if (pushed.column() == column) {
                unpin(pushed.event());
            }
            return pushed.column() == column;
        });
        for (Entry entry : entries.values()) {
            entry.widen(pinned.size());
            entry.clockBefore[column] = QuerySlot.NEVER;
            entry.seenAt[column] = QuerySlot.NEVER;
        }
    }

    private void pin(LoggedCause event) {
        event.pin(1);
        entry(event.sequence()).pins++;
    }

    private void unpin(LoggedCause event) {
        event.pin(-1);
        entry(event.sequence()).pins--;
    }

    /** Notes the clock of a query before it is shown a batch. */
    void before(long sequence, QuerySlot slot) {
        entry(sequence).clockBefore[slot.column()] = slot.clock();
    }

    private Entry entry(long sequence) {
        Entry known = shown;
        if (known == null || sequence != shownSequence) {
            known = requireNonNull(entries.get(sequence));
            shown = known;
            shownSequence = sequence;
        }
        return known;
    }

    void after(long sequence, long engineTime) {
        requireNonNull(entries.get(sequence)).engineTimeAfter = engineTime;
    }

    /** Notes that a query holds an event back. */
    void held(LoggedCause event, int column) {
        pinned.get(column).hold(event);
        pin(event);
    }

    /** Notes that a query does not hold an event back any more; it will be {@linkplain #saw seen} next. */
    void released(LoggedCause event, int column) {
        pinned.get(column).release(event);
        unpin(event);
    }

    /**
     * Notes that a query saw an event of a batch.
     *
     * @param by the cause that made it see the event: the event itself, or what moved source time past it
     */
    void saw(LoggedCause cause, LoggedCause by, QuerySlot slot, InputPlan input, Event event) {
        int column = slot.column();
        entry(cause.sequence()).seenAt[column] = slot.clock();
        Integer retain = input.input().retain();
        if (retain != null && input.input().within() == null) {
            pin(cause);
            LoggedCause gone = pinned.get(column).see(cause, input, event, retain);
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
            unpin(displaced.removeFirst().event());
        }
        Entry horizon = entries.get(oldestUnconfirmed);
        List<LoggedCause> forgotten = new ArrayList<>();
        long firstNeeded = -1;
        for (Map.Entry<Long, Entry> first = entries.firstEntry(); first != null; first = entries.firstEntry()) {
            if (first.getKey() >= oldestUnconfirmed
                    || first.getValue().pins > 0
                    || isRecent(first.getValue(), horizon, engineTime, slots)) {
                break;
            }
            entries.pollFirstEntry();
            forgotten.addAll(first.getValue().causes);
            firstNeeded = first.getKey() + 1;
        }
        return firstNeeded < 0 ? null : new Trim(firstNeeded, forgotten);
    }

    /**
     * What is left of the beginning of the log.
     *
     * @param first     sequence of the first batch that was cleaned
     * @param last      of the last one
     * @param forgotten causes that are not in the log any more; all others of these batches still are
     */
    record Cleaning(long first, long last, List<LoggedCause> forgotten) {}

    /**
     * Forgets all events between pinned ones, if they are at least as many; null if there is nothing to gain. To be
     * called after a {@link #trim}.
     */
    @Nullable
    Cleaning clean(long oldestUnconfirmed, long engineTime, Collection<QuerySlot> slots) {
        if (entries.size() < cleanAt) {
            return null;
        }
        Entry horizon = entries.get(oldestUnconfirmed);
        List<Long> old = new ArrayList<>();
        int causes = 0;
        int kept = 0;
        for (Map.Entry<Long, Entry> entry : entries.entrySet()) {
            if (entry.getKey() >= oldestUnconfirmed || isRecent(entry.getValue(), horizon, engineTime, slots)) {
                break;
            }
            old.add(entry.getKey());
            causes += entry.getValue().causes.size();
            kept += Math.min(entry.getValue().pins, entry.getValue().causes.size());
        }
        Cleaning cleaning = null;
        if (old.size() >= CLEAN_AT_LEAST / 2 && kept * 2 <= causes) {
            List<LoggedCause> forgotten = new ArrayList<>();
            old.forEach(sequence -> thin(sequence, forgotten));
            cleaning = new Cleaning(old.get(0), old.get(old.size() - 1), forgotten);
        }
        // Not again before the log has grown by a quarter: the walk is paid by what was appended meanwhile.
        cleanAt = Math.max(CLEAN_AT_LEAST, entries.size() + entries.size() / 4);
        return cleaning;
    }

    private void thin(Long sequence, List<LoggedCause> forgotten) {
        Entry entry = requireNonNull(entries.get(sequence));
        List<LoggedCause> kept = new ArrayList<>(entry.pins);
        for (LoggedCause cause : entry.causes) {
            (cause.pins() > 0 ? kept : forgotten).add(cause);
        }
        if (kept.isEmpty()) {
            entries.remove(sequence);
        } else {
            entry.causes = kept;
        }
    }

    /**
     * True if a batch is needed whole: for its ids, or by a window in time.
     *
     * @param horizon the batch of the oldest unconfirmed cause; null: all are confirmed, the present is what counts
     */
    private boolean isRecent(Entry entry, @Nullable Entry horizon, long engineTime, Collection<QuerySlot> slots) {
        long now = horizon == null ? engineTime : horizon.engineTimeBefore;
        if (entry.engineTimeAfter + dedupeWindowMs >= now) {
            return true;
        }
        for (QuerySlot slot : slots) {
            if (isInWindow(entry, slot, horizon, now)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInWindow(Entry entry, QuerySlot slot, @Nullable Entry horizon, long engineTime) {
        long seenAt = entry.seenAt[slot.column()];
        if (seenAt == QuerySlot.NEVER) {
            return false;
        }
        long clock;
        if (!slot.onSourceTime()) {
            // A query's own clock stands still while nothing happens in it; what it shows next is not before this.
            clock = engineTime;
        } else {
            clock = horizon == null ? slot.clock() : horizon.clockBefore[slot.column()];
        }
        return seenAt + slot.withinMs() >= clock;
    }

    /**
     * Where a query that was shown nothing yet may begin: what is before lies out of all its windows, now and at the oldest
     * unconfirmed cause. On source time an event may be seen long after it was logged, and what a window by number holds may
     * be of any age: then it begins with the log.
     */
    long firstInReach(QuerySlot slot, long oldestUnconfirmed, long engineTime) {
        boolean byTime = slot.plan().definition().inputs().stream().allMatch(input -> input.within() != null);
        if (!byTime || slot.onSourceTime()) {
            return 0;
        }
        Entry horizon = entries.get(oldestUnconfirmed);
        long now = horizon == null ? engineTime : horizon.engineTimeBefore;
        for (Map.Entry<Long, Entry> entry : entries.entrySet()) {
            if (entry.getKey() >= oldestUnconfirmed || entry.getValue().engineTimeAfter + slot.withinMs() >= now) {
                return entry.getKey();
            }
        }
        return Long.MAX_VALUE;
    }

    /** From where a query must be shown the log to have the state that it has, and how many causes that is. */
    record Live(long first, int causes) {}

    Live live(QuerySlot slot, long oldestUnconfirmed, long engineTime) {
        Entry horizon = entries.get(oldestUnconfirmed);
        long now = horizon == null ? engineTime : horizon.engineTimeBefore;
        long first = Long.MAX_VALUE;
        int causes = 0;
        for (Map.Entry<Long, Entry> entry : entries.entrySet()) {
            if (first == Long.MAX_VALUE
                    && (entry.getKey() >= oldestUnconfirmed
                            || entry.getValue().pins > 0
                            || isInWindow(entry.getValue(), slot, horizon, now))) {
                first = entry.getKey();
            }
            causes += first == Long.MAX_VALUE ? 0 : entry.getValue().causes.size();
        }
        return new Live(first, causes);
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
