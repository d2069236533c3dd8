// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cause that the log holds: where it stands, and what it is answered with for as long as it may be delivered again. There
 * are hundreds of thousands of them, so they are kept small.
 */
final class LoggedCause {
    /**
     * The bits of a number that its hash keeps: so many neighbours have places side by side. Fewer bits are slower for a shard that
     * gets one event in eight, and more numbers than places for one that gets all (docs/benchmarks.md).
     */
    private static final int NEIGHBOURS = 6;

    /** The id of the message, if it is no {@link NumberedId}. */
    private final @Nullable String text;

    private final long first;
    private final long second;
    private final @Nullable EventKey event;
    private final long sequence;
    private List<Match> matches = List.of();
    private List<LateEvent> late = List.of();
    private int pins;
    private boolean confirmed;

    /** @param event null if the publisher gave it no name */
    LoggedCause(String messageId, @Nullable EventKey event, long sequence) {
        this.first = NumberedId.first(messageId);
        this.second = NumberedId.second(messageId);
        this.text = first == NumberedId.NONE || second == NumberedId.NONE ? messageId : null;
        this.event = event;
        this.sequence = sequence;
    }

    static LoggedCause of(Cause cause, long sequence) {
        return new LoggedCause(cause.messageId(), EventKey.of(cause), sequence);
    }

    String messageId() {
        return text == null ? NumberedId.text(first, second) : text;
    }

    boolean hasIdOf(LoggedCause other) {
        return first == other.first
                && second == other.second
                && (text == null ? other.text == null : text.equals(other.text));
    }

    /**
     * A hash of the message's id. A broker numbers its messages one after the other, and they come nearly in that order: the ids of
     * one stretch get neighbouring hashes, so that a table of them is read and written where it was just before. Everything else is
     * spread (Fibonacci hashing).
     */
    int idHash() {
        if (text != null) {
            int product = text.hashCode() * 0x9E3779B9;
            return product ^ product >>> 16;
        }
        int stretch = (int) ((first >>> NEIGHBOURS) * 0x9E3779B97F4A7C15L >>> 32);
        int mask = (1 << NEIGHBOURS) - 1;
        return stretch & ~mask | (int) first & mask;
    }

    /** What the publisher named it; null if it gave it no name. */
    @Nullable
    EventKey event() {
        return event;
    }

    long sequence() {
        return sequence;
    }

    /** How many queries need this event for a reason other than its age. */
    int pins() {
        return pins;
    }

    void pin(int change) {
        pins += change;
    }

    boolean confirmed() {
        return confirmed;
    }

    void confirm() {
        confirmed = true;
        matches = List.of();
        late = List.of();
    }

    /** Unmodifiable. */
    List<Match> matches() {
        return matches;
    }

    void keep(List<Match> found) {
        if (!found.isEmpty()) {
            matches = matches.isEmpty()
                    ? List.copyOf(found)
                    : Stream.concat(matches.stream(), found.stream()).toList();
        }
    }

    /** The queries for which this event came too late. Unmodifiable. */
    List<LateEvent> late() {
        return late;
    }

    void keepLate(String query, long byMs) {
        if (!confirmed) {
            late = Stream.concat(late.stream(), Stream.of(new LateEvent(query, messageId(), byMs)))
                    .toList();
        }
    }

    void forgetAnswersOf(String query) {
        if (!matches.isEmpty()) {
            matches = matches.stream()
                    .filter(match -> !match.instance().query().equals(query))
                    .toList();
        }
        if (!late.isEmpty()) {
            late = late.stream().filter(event -> !event.query().equals(query)).toList();
        }
    }
}
