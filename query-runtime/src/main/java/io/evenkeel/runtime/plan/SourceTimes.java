// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.plan;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInput.SourceTime;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far source time is in each input of each query that runs on it, and the watermarks that follow: the slowest input
 * decides. Only ever rises. Not thread-safe.
 */
public final class SourceTimes {
    /**
     * How far an input is.
     *
     * @param timeMs    the newest source time less the {@code wait} of the input, ms since the epoch
     * @param sinceMs   when the broker took in the first event that is known, ms since the epoch; 0 if unknown
     * @param ingressMs when it took in the newest one; 0 if unknown
     */
    public record Reached(long timeMs, long sinceMs, long ingressMs) {
        Reached and(Reached other) {
            return new Reached(
                    Math.max(timeMs, other.timeMs),
                    Math.min(sinceMs, other.sinceMs),
                    Math.max(ingressMs, other.ingressMs));
        }
    }

    private final SortedMap<String, SortedMap<String, Reached>> byQuery = new TreeMap<>();

    /** An independent copy. */
    public SourceTimes copy() {
        SourceTimes copy = new SourceTimes();
        copy.merge(this);
        return copy;
    }

    /** By query and event type; a view. */
    public SortedMap<String, SortedMap<String, Reached>> byQuery() {
        return Collections.unmodifiableSortedMap(byQuery);
    }

    /** Notes an event, or a heartbeat, for each input that it advances. */
    public void saw(QueryPlans plans, Event event, long ingressMs) {
        for (InputPlan input : plans.advancedBy(event.type().name())) {
            raise(
                    input.query(),
                    input.input().event(),
                    new Reached(input.sourceTimeOf(event) - input.waitMs(), ingressMs, ingressMs));
        }
    }

    /** Notes how far an input of a query is, if it is farther than what is known. */
    public void raise(String query, String event, Reached reached) {
        byQuery.computeIfAbsent(query, name -> new TreeMap<>()).merge(event, reached, Reached::and);
    }

    /** Takes in what somebody else knows. */
    public void merge(SourceTimes other) {
        other.byQuery.forEach((query, inputs) -> inputs.forEach((event, reached) -> raise(query, event, reached)));
    }

    /** Up to where all inputs of a query are; empty as long as one of them was never seen. */
    public OptionalLong watermark(QueryPlan query) {
        SortedMap<String, Reached> inputs = byQuery.get(query.name());
        if (inputs == null) {
            return OptionalLong.empty();
        }
        long slowest = Long.MAX_VALUE;
        for (QueryInput input : query.definition().inputs()) {
            Reached reached = inputs.get(input.event());
            if (reached == null) {
                return OptionalLong.empty();
            }
            slowest = Math.min(slowest, reached.timeMs());
        }
        return OptionalLong.of(slowest);
    }

    /**
     * Up to where the inputs of a query are that are not idle. If all are idle, the fastest counts; one that was never
     * seen has been silent since the first event of another.
     *
     * @param nowMs the broker's time up to which all queues were read: what waits in a queue is not idle
     */
    public OptionalLong watermark(QueryPlan query, long nowMs) {
        SortedMap<String, Reached> inputs = byQuery.get(query.name());
        if (inputs == null) {
            return OptionalLong.empty();
        }
        long since = inputs.values().stream().mapToLong(Reached::sinceMs).min().orElse(0);
        long slowest = Long.MAX_VALUE;
        long fastest = Long.MIN_VALUE;
        for (QueryInput input : query.definition().inputs()) {
            Reached reached = inputs.getOrDefault(input.event(), new Reached(Long.MIN_VALUE, since, since));
            fastest = Math.max(fastest, reached.timeMs());
            if (!isIdle(input.time(), reached, nowMs)) {
                slowest = Math.min(slowest, reached.timeMs());
            }
        }
        long watermark = slowest == Long.MAX_VALUE ? fastest : slowest;
        return watermark == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(watermark);
    }

    private static boolean isIdle(@Nullable SourceTime time, Reached reached, long nowMs) {
        return time != null
                && reached.ingressMs() > 0
                && nowMs - reached.ingressMs() > time.idle().toMillis();
    }
}
