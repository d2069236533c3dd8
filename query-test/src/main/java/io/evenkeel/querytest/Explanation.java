// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The events that made a match: without any one of them, the others do not give it.
 *
 * <p>They were found by trying, not by looking into the engine, so this holds for any EPL. Two things follow. Events
 * that must <i>not</i> come are not among them: they are not there. And where several selections of events would give the
 * same match, this is one of them.
 *
 * @param events  in the order in which they arrived; empty if the match could not be made again from the key's events alone
 * @param minimal false if the trying ended early: {@code events} still give the match, but some may be idle
 * @param replays how often the query was run
 * @param window  all that the query could see of the key when it matched
 */
public record Explanation(TrialMatch match, List<TrialEvent> events, boolean minimal, int replays, KeyWindow window) {
    public Explanation {
        requireNonNull(match, "match");
        events = List.copyOf(events);
        requireNonNull(window, "window");
    }

    /** The ids of the events. */
    public List<String> ids() {
        return events.stream().map(TrialEvent::id).toList();
    }
}
