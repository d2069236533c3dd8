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
 * @param key      the fields that partition the input, in order; empty: one partition for all
 * @param within   how long an event stays visible; null: no bound in time (then {@code retain} is set)
 * @param retain   how many events of a key stay visible, counted from the newest; null: no bound in number
 * @param timeFrom the timestamp field that is the clock of the query; null: engine time is the broker's ingress time
 * @param waitFor  how long to hold events back for late ones; only with {@code timeFrom}; zero: not at all
 */
public record QueryInput(
        String event,
        List<String> key,
        @Nullable Duration within,
        @Nullable Integer retain,
        @Nullable String timeFrom,
        Duration waitFor) {
    public QueryInput {
        requireNonNull(event, "event");
        key = List.copyOf(key);
        requireNonNull(waitFor, "waitFor");
        if (within == null && retain == null) {
            throw new IllegalArgumentException("Input " + event + " has neither within nor retain");
        }
    }
}
