// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event type that a query reads, how it is keyed, and how much of its past the query may see.
 *
 * @param event    name of the event type
 * @param key      the fields that partition the input, in the same order in all inputs; empty: one partition for all
 * @param keyNames what the parts of the key are called, one for each field, the same in all inputs
 * @param filter   EPL over the fields of one event; what it is not true for is no event of this query; empty: all are
 * @param within   how long an event stays visible; null: no bound in time (then {@code retain} is set)
 * @param retain   how many events of a key stay visible, counted from the newest; null: no bound in number
 * @param unique   fields; of the events of a key that agree in them only the newest is visible; empty: all are
 * @param time     the clock of the query; null: engine time is the broker's ingress time
 */
public record QueryInput(
        String event,
        List<String> key,
        List<String> keyNames,
        String filter,
        @Nullable Duration within,
        @Nullable Integer retain,
        List<String> unique,
        @Nullable SourceTime time) {

    /**
     * Events are applied in the order of a field, not in the order in which they came.
     *
     * @param field     a timestamp of the event type, and of the heartbeat's
     * @param waitFor   how far an event may lag behind the newest and still be in time
     * @param idle      after how long without events, in the broker's time, this input does not hold others back any more
     * @param heartbeat an event type that only says how far source time is; null: none
     */
    public record SourceTime(
            String field,
            Duration waitFor,
            Duration idle,
            @Nullable String heartbeat) {
        /** Outlasts a publisher's restart. */
        public static final Duration DEFAULT_IDLE = Duration.ofMinutes(5);

        public SourceTime {
            requireNonNull(field, "field");
            if (waitFor.isNegative() || idle.isNegative() || idle.isZero()) {
                throw new IllegalArgumentException(
                        "Expected wait >= 0 and idle > 0, but got wait=" + waitFor + " idle=" + idle);
            }
        }

        public static SourceTime of(String field, Duration waitFor) {
            return new SourceTime(field, waitFor, DEFAULT_IDLE, null);
        }
    }

    public QueryInput {
        requireNonNull(event, "event");
        key = List.copyOf(key);
        keyNames = List.copyOf(keyNames);
        requireNonNull(filter, "filter");
        unique = List.copyOf(unique);
        if (key.size() != keyNames.size()) {
            throw new IllegalArgumentException(
                    "Expected a name for each key field, but got key=" + key + " keyNames=" + keyNames);
        }
        if (within == null && retain == null) {
            throw new IllegalArgumentException("Input " + event + " has neither within nor retain");
        }
    }

    /** An input without a filter, of which each event counts. */
    public QueryInput(
            String event,
            List<String> key,
            @Nullable Duration within,
            @Nullable Integer retain,
            @Nullable String timeFrom,
            Duration waitFor) {
        this(
                event,
                key,
                key,
                "",
                within,
                retain,
                List.of(),
                timeFrom == null ? null : SourceTime.of(timeFrom, waitFor));
    }

    /** The field with the source time; null if the query is on the broker's time. */
    public @Nullable String timeFrom() {
        return time == null ? null : time.field();
    }

    /** The same input on another clock. */
    public QueryInput on(@Nullable SourceTime clock) {
        return new QueryInput(event, key, keyNames, filter, within, retain, unique, clock);
    }

    /** The same input, of which only the newest event for each value of some fields is visible. */
    public QueryInput newestOf(List<String> fields) {
        return new QueryInput(event, key, keyNames, filter, within, retain, fields, time);
    }

    /** The same input, of which only those events count that a condition holds for. */
    public QueryInput where(String condition) {
        return new QueryInput(event, key, keyNames, condition, within, retain, unique, time);
    }
}
