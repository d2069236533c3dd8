// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.Wording;
import io.evenkeel.query.json.Decoded.Refused;
import io.evenkeel.query.json.EventDecoder;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Trouble;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs definitions against events as a node does, in this thread, without broker and grid. Not the same as a cluster: one
 * shard, nothing is delivered twice, and time stands still until {@link #advanceTo} or the next event.
 *
 * <pre>{@code
 * try (var trial = QueryTrial.load(Path.of("flight.yaml"), Path.of("late-airport.yaml"))) {
 *     trial.instance("late-airport", "strict", Map.of("flights", 2));
 *     trial.publish("Flight", Map.of("origin", "LHR", "delay", 70));
 *     trial.advanceBy(Duration.ofMinutes(5));
 *     trial.publish("Flight", Map.of("origin", "LHR", "delay", 80));
 *     trial.expect("{\"origin\": \"LHR\", \"flights\": 2, \"meanDelay\": 75}");
 * }
 * }</pre>
 *
 * <p><b>Time.</b> Events arrive at a time of a clock that begins at {@link #START} or with the first event's, and never
 * goes back. Timers fire on the way, each at its own instant, so that absences are found. A query on source time follows what
 * its events say, and {@link #advanceTo} says that nothing older comes any more.
 *
 * <p><b>Threads.</b> One call at a time.
 */
public final class QueryTrial implements AutoCloseable {
    /** Where the clock stands if the first event does not say when it comes. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final int MOST_REPORTED = 50;

    private TrialDefinitions definitions;
    private QueryPlans plans;
    private final TrialShard shard;
    private final List<TrialEvent> events = new ArrayList<>();
    private final List<TrialMatch> matches = new ArrayList<>();

    public QueryTrial(TrialDefinitions definitions) {
        this.definitions = definitions;
        this.plans = definitions.plans();
        this.shard = new TrialShard(plans);
    }

    /** A trial of what files define: event types, queries and instances, together a catalog. */
    public static QueryTrial load(Path... files) {
        return new QueryTrial(TrialDefinitions.load(List.of(files)));
    }

    /** As {@link #load}, from text: one or several documents. */
    public static QueryTrial parse(String documents) {
        return new QueryTrial(TrialDefinitions.parse(documents));
    }

    /**
     * Runs this instance of a query, and only those named so, from now on. It starts warm: it knows the events so far, as if
     * it had always been there, and does not repeat their matches.
     *
     * @param values by parameter, raw as in a document: numbers, text such as {@code "30 s"}, booleans
     * @throws DefinitionRefusedException if a value breaks a rule of its parameter
     */
    public void instance(String query, String name, Map<String, ? extends @Nullable Object> values) {
        definitions = definitions.choose(new InstanceId(query, name), values);
        plans = definitions.plans();
        shard.reconfigure(plans);
    }

    /** Publishes an event now; its id is {@code e} and its number, counted from 1. */
    public TrialEvent publish(String eventType, Map<String, ? extends @Nullable Object> fields) {
        return publishAt(clock(), eventType, fields);
    }

    /** Publishes an event that arrives at a time, which must not be before that of the last one. */
    public TrialEvent publishAt(Instant at, String eventType, Map<String, ? extends @Nullable Object> fields) {
        EventType type = definitions
                .findEventType(eventType)
                .orElseThrow(() -> new IllegalArgumentException("Expected a defined event type, but it is "
                        + Wording.quote(eventType) + "; "
                        + Wording.suggest(
                                eventType,
                                definitions.eventTypes().stream()
                                        .map(EventType::name)
                                        .toList())));
        for (String field : fields.keySet()) {
            if (type.indexOf(field).isEmpty()) {
                throw new IllegalArgumentException(
                        "Expected a field of " + eventType + ", but it has no " + field + ". It has " + type.fields());
            }
        }
        Event event = new EventDecoder(type).fromMap(fields).fold(accepted -> accepted.event(), QueryTrial::refuse);
        TrialEvent published = new TrialEvent("e" + (events.size() + 1), at.toEpochMilli(), event);
        publish(published);
        return published;
    }

    private static Event refuse(Refused refused) {
        throw new IllegalArgumentException(refused.message());
    }

    /** Publishes an event as it is. */
    public void publish(TrialEvent event) {
        String fault = findFault(event);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        events.add(event);
        matches.addAll(shard.apply(event));
    }

    private @Nullable String findFault(TrialEvent event) {
        if (shard.now() != TrialShard.NEVER && event.atMs() < shard.now()) {
            return "Expected events in the order in which they arrive, but " + event.id() + " comes at "
                    + Timestamps.format(event.atMs()) + ", and it is " + Timestamps.format(shard.now())
                    + " already.";
        }
        for (InputPlan input : plans.inputsOf(event.event().type().name())) {
            String missing = input.findMissing(event.event());
            if (missing != null) {
                return "Expected a value in " + missing + ", which query " + input.query()
                        + " needs, but it is null in " + event.event() + ". A node rejects such an event.";
            }
        }
        return null;
    }

    /**
     * Publishes events from text, a JSON object on each line: {@code {"event":…, "at":…, "id":…, "fields":{…}}}, bare
     * fields where only one event type is defined, {@code {"at":…}} to let time pass.
     *
     * @param name of the text, for messages
     * @throws DefinitionRefusedException with every line that does not fit; events of lines before it are published
     */
    public void publishLines(String name, String lines) {
        for (EventLines.Line line : EventLines.read(name, lines, definitions)) {
            try {
                long now = clock().toEpochMilli();
                Event event = line.event();
                if (event == null) {
                    advanceTo(Instant.ofEpochMilli(line.time(now, now)));
                } else {
                    publish(new TrialEvent(line.id(), line.time(now, arrivalOf(event, now)), event));
                }
            } catch (IllegalArgumentException e) {
                throw new DefinitionRefusedException(
                        name, List.of(new Fault(line.number(), "", String.valueOf(e.getMessage()))));
            }
        }
    }

    /** An event whose line says no time comes when it happened, if a query knows when that was. */
    private long arrivalOf(Event event, long now) {
        long happened = plans.inputsOf(event.type().name()).stream()
                .filter(input -> input.input().timeFrom() != null && input.findMissing(event) == null)
                .mapToLong(input -> input.timeOf(event))
                .max()
                .orElse(now);
        return shard.now() == TrialShard.NEVER ? happened : Math.max(now, happened);
    }

    /** Lets time pass up to an instant; nothing older comes any more. An instant that has passed changes nothing. */
    public void advanceTo(Instant time) {
        matches.addAll(shard.advanceTo(time.toEpochMilli()));
    }

    /** Lets time pass. */
    public void advanceBy(Duration duration) {
        advanceTo(clock().plus(duration));
    }

    /** Lets pass as much time as the longest declared window, so that every absence within it is found. */
    public void finish() {
        Duration longest = Duration.ZERO;
        for (QueryDefinition query : definitions.queries()) {
            for (QueryInput input : query.inputs()) {
                Duration within = input.within();
                longest = within != null && within.compareTo(longest) > 0 ? within : longest;
            }
        }
        advanceTo(latest().plus(longest));
    }

    /** The later of the two clocks. */
    private Instant latest() {
        long latest = clock().toEpochMilli();
        for (QueryDefinition query : definitions.queries()) {
            latest = Math.max(latest, shard.clockOf(query));
        }
        return Instant.ofEpochMilli(latest);
    }

    /** Where time stands. */
    public Instant clock() {
        return shard.now() == TrialShard.NEVER ? START : Instant.ofEpochMilli(shard.now());
    }

    /** Loses all state and builds it again from the log, as if the owner had died. No match may change by it. */
    public void restart() {
        shard.restart();
    }

    /** All matches so far, in the order in which they arose; unmodifiable. */
    public List<TrialMatch> matches() {
        return Collections.unmodifiableList(matches);
    }

    /** The matches of a query's instances. */
    public List<TrialMatch> matches(String query) {
        return matches.stream()
                .filter(match -> match.instance().query().equals(query))
                .toList();
    }

    /** All events so far, in the order in which they arrived; unmodifiable. */
    public List<TrialEvent> events() {
        return Collections.unmodifiableList(events);
    }

    /** What a node would say beside the matches: instances that threw, events that came late or twice. Empty if nothing. */
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        for (Trouble trouble : shard.status().troubles()) {
            trouble.latest()
                    .forEach(error -> remarks.add("error: " + trouble.instance() + " key=" + trouble.key() + " "
                            + error.exception() + ": " + error.message() + " at " + error.event()));
            if (trouble.quarantined()) {
                remarks.add("quarantined: " + trouble.instance() + " key=" + trouble.key() + " after "
                        + trouble.errors() + " errors");
            }
        }
        if (shard.status().late() > 0) {
            remarks.add("late: " + shard.status().late() + " events came after source time had passed them");
        }
        if (shard.status().repeated() > 0) {
            remarks.add("repeated: " + shard.status().repeated() + " events have the id of one before");
        }
        return remarks;
    }

    /** Events, matches and remarks as text, for people; of many events the last. */
    public String report() {
        List<String> lines = new ArrayList<>();
        lines.add(events.size() + " events, the clock is at " + Timestamps.format(clock().toEpochMilli()));
        List<TrialEvent> last = events.subList(Math.max(0, events.size() - MOST_REPORTED), events.size());
        last.forEach(event -> lines.add("  " + event.toJson()));
        lines.add(matches.size() + " matches");
        matches.forEach(match -> lines.add("  " + match.toJson()));
        lines.addAll(remarks());
        return String.join("\n", lines);
    }

    /** Compares all matches so far with lines of {@link ExpectedMatch}. */
    public MatchComparison compare(String name, String lines) {
        return MatchComparison.of(ExpectedMatch.read(name, lines), matches);
    }

    /**
     * Asserts that the matches so far are these and no others.
     *
     * @param lines of {@link ExpectedMatch}; none: that nothing matched
     * @throws AssertionError with each match that is missing or unexpected, and what a node would remark
     */
    public void expect(String... lines) {
        MatchComparison comparison = compare("expected matches", String.join("\n", lines));
        if (!comparison.holds()) {
            String remarks = remarks().isEmpty() ? "" : "\n" + String.join("\n", remarks());
            throw new AssertionError(comparison.diff() + remarks);
        }
    }

    /** Finds the events that made a match of this trial. */
    public Explanation explain(TrialMatch match) {
        return new Explainer(definitions, events).explain(match);
    }

    /** The events of a key that a query can see now. */
    public KeyWindow window(String query, String key) {
        QueryDefinition definition = definitions.query(query);
        return KeyWindow.of(definition, key, definitions.admitted(query, events), shard.clockOf(definition));
    }

    /** The keys that a query has seen events of, as text, in the order of their first events. */
    public Set<String> keys(String query) {
        return KeyWindow.keys(definitions.query(query), events);
    }

    /** What is tried. */
    public TrialDefinitions definitions() {
        return definitions;
    }

    @Override
    public void close() {
        shard.close();
    }
}
