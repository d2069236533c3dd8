// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.List;
import java.util.stream.Stream;

/** A cause that the log holds: where it stands, and what it is answered with for as long as it may be delivered again. */
final class LoggedCause {
    private final String messageId;
    private final String eventType;
    private final String eventId;
    private final long sequence;
    private List<Match> matches = List.of();
    private List<LateEvent> late = List.of();
    private int pins;
    private boolean confirmed;

    /** @param eventType empty if it is no event */
    LoggedCause(String messageId, String eventType, String eventId, long sequence) {
        this.messageId = messageId;
        this.eventType = eventType;
        this.eventId = eventId;
        this.sequence = sequence;
    }

    String messageId() {
        return messageId;
    }

    String eventType() {
        return eventType;
    }

    String eventId() {
        return eventId;
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
            late = Stream.concat(late.stream(), Stream.of(new LateEvent(query, messageId, byMs)))
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
