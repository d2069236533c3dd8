// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.json.EventEncoder;

/**
 * An event of a trial.
 *
 * @param id   names it as the cause of matches; unique in a trial, else it is a repeat and has no effect
 * @param atMs when it arrives, ms since the epoch
 */
public record TrialEvent(String id, long atMs, Event event) {
    public TrialEvent {
        requireNonNull(id, "id");
        requireNonNull(event, "event");
    }

    /** As a line of an events file. */
    public String toJson() {
        return "{\"event\":\"" + event.type().name() + "\",\"id\":" + JsonLines.text(id) + ",\"at\":\""
                + Timestamps.format(atMs) + "\",\"fields\":" + EventEncoder.encode(event) + "}";
    }
}
