// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.plan;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.engine.KeyText;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How a query reads one event type: where in an event its key and its time stand. */
public final class InputPlan {
    private final String query;
    private final QueryInput input;
    private final EventType type;
    private final int keyless;
    private final int[] key;
    private final int[] unique;
    private final int time;
    private final long waitMs;
    /** The last type that came and proved to be like ours. A hint for the next event: threads may overwrite one another. */
    private EventType like;

    InputPlan(String query, QueryInput input, EventType type) {
        this.query = query;
        this.input = input;
        this.type = type;
        this.like = type;
        this.keyless = KeyHash.add(KeyHash.start(), query);
        this.key = positions(query, type, input.key());
        this.unique = positions(query, type, input.unique());
        this.time =
                input.time() == null ? -1 : position(query, type, input.time().field());
        this.waitMs = input.time() == null ? 0 : input.time().waitFor().toMillis();
    }

    /** Name of the query. */
    public String query() {
        return query;
    }

    public QueryInput input() {
        return input;
    }

    /** The name of the first key or time field that is null in an event; null if all are there. */
    public @Nullable String findMissing(Event event) {
        @Nullable Object[] values = align(event).values();
        for (int i = 0; i < key.length; i++) {
            if (values[key[i]] == null) {
                return input.key().get(i);
            }
        }
        return time >= 0 && values[time] == null ? input.timeFrom() : null;
    }

    /** The shard of an event, whose key fields must not be null. Events of a query without a key share one shard. */
    public int shardOf(Event event, int shards) {
        if (key.length == 0) {
            return KeyHash.shard(keyless, shards);
        }
        @Nullable Object[] values = align(event).values();
        int hash = KeyHash.start();
        for (int position : key) {
            hash = KeyHash.add(hash, values[position]);
        }
        return KeyHash.shard(hash, shards);
    }

    /** The source time of an event in ms since the epoch; its field must not be null. Only with {@code timeFrom}. */
    public long timeOf(Event event) {
        return time(event, align(event).values()[time]);
    }

    /** The source time of an event or of a heartbeat of this input. */
    long sourceTimeOf(Event event) {
        return event.type().name().equals(input.event()) ? timeOf(event) : time(event, heartbeatTime(event));
    }

    /** How far an event may lag behind the newest, in ms. */
    public long waitMs() {
        return waitMs;
    }

    /** True if an event of another type is a heartbeat of this input, and has no time in it. */
    boolean lacksTime(Event heartbeat) {
        return heartbeatTime(heartbeat) == null;
    }

    private @Nullable Object heartbeatTime(Event event) {
        OptionalInt position = event.type().indexOf(String.valueOf(input.timeFrom()));
        return position.isPresent() ? event.values()[position.getAsInt()] : null;
    }

    private long time(Event event, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "Expected a value in field " + input.timeFrom() + ", but it is null in " + event);
        }
        return (Long) value;
    }

    /** The values of the key fields, for per-key bookkeeping. */
    public String keyOf(Event event) {
        return text(align(event).values(), key);
    }

    /** The values of the key fields as matches tell them. */
    public String keyText(Event event) {
        @Nullable Object[] values = align(event).values();
        @Nullable Object[] parts = new @Nullable Object[key.length];
        for (int i = 0; i < key.length; i++) {
            parts[i] = values[key[i]];
        }
        return KeyText.of(parts);
    }

    /** The values of the fields of which only the newest event is visible, for bookkeeping; empty if there are none. */
    public String uniqueOf(Event event) {
        StringBuilder text = new StringBuilder();
        @Nullable Object[] values = align(event).values();
        for (int position : unique) {
            append(text, values[position]);
        }
        return text.toString();
    }

    private static String text(@Nullable Object[] values, int[] positions) {
        if (positions.length == 1) {
            return String.valueOf(values[positions[0]]);
        }
        StringBuilder text = new StringBuilder();
        for (int position : positions) {
            append(text, values[position]);
        }
        return text.toString();
    }

    /** With its length, so that no two lists of values have the same text; null is none of the texts. */
    private static void append(StringBuilder text, @Nullable Object value) {
        if (value == null) {
            text.append('-');
        } else {
            String plain = value.toString();
            text.append(plain.length()).append(':').append(plain);
        }
    }

    /**
     * The event in the form of this plan's type. An event that was logged before its type changed is carried over field
     * by field; fields that it did not have are null.
     */
    public Event align(Event event) {
        EventType theirs = event.type();
        if (theirs == type || theirs == like) {
            return event;
        }
        if (theirs.fields().equals(type.fields())) {
            // Each block of the log brings a type of its own: compared once for the block, not for each of its events.
            like = theirs;
            return event;
        }
        @Nullable Object[] values = new @Nullable Object[type.fields().size()];
        for (int i = 0; i < values.length; i++) {
            EventType.Field field = type.fields().get(i);
            OptionalInt old = theirs.indexOf(field.name());
            if (old.isPresent() && theirs.fields().get(old.getAsInt()).type() == field.type()) {
                values[i] = event.values()[old.getAsInt()];
            }
        }
        return new Event(type, values);
    }

    private static int[] positions(String query, EventType type, List<String> fields) {
        return fields.stream().mapToInt(field -> position(query, type, field)).toArray();
    }

    private static int position(String query, EventType type, String field) {
        return type.indexOf(field)
                .orElseThrow(() -> new IllegalArgumentException("Expected field " + field + " of query " + query
                        + " in event type " + type.name() + ", but it has " + type.fields()));
    }
}
