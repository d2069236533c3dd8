// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.ArrayList;
import java.util.List;

/** A cause that the log holds: where it stands, and its matches for as long as it may be delivered again. */
final class LoggedCause {
    private final String messageId;
    private final String eventId;
    private final long sequence;
    private final List<Match> matches = new ArrayList<>(0);
    private boolean confirmed;

    LoggedCause(String messageId, String eventId, long sequence) {
        this.messageId = messageId;
        this.eventId = eventId;
        this.sequence = sequence;
    }

    String messageId() {
        return messageId;
    }

    String eventId() {
        return eventId;
    }

    long sequence() {
        return sequence;
    }

    boolean confirmed() {
        return confirmed;
    }

    void confirm() {
        confirmed = true;
        matches.clear();
    }

    List<Match> matches() {
        return List.copyOf(matches);
    }

    void keep(List<Match> found) {
        matches.addAll(found);
    }

    void forgetMatchesOf(String query) {
        matches.removeIf(match -> match.instance().query().equals(query));
    }
}
