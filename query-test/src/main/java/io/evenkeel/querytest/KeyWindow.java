// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.engine.KeyText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events of a key that a query can see at an instant: those that its inputs' windows hold. A statement may look at
 * fewer, never at more.
 *
 * @param key    values of the key fields as text
 * @param atMs   the query's time, ms since the epoch
 * @param events in the order in which they arrived
 */
public record KeyWindow(String query, String key, long atMs, List<TrialEvent> events) {
    public KeyWindow {
        requireNonNull(query, "query");
        requireNonNull(key, "key");
        events = List.copyOf(events);
    }

    /** @param admitted the events that the filters of the inputs let pass */
    static KeyWindow of(QueryDefinition query, String key, Collection<TrialEvent> admitted, long atMs) {
        Set<TrialEvent> seen = new LinkedHashSet<>();
        for (QueryInput input : query.inputs()) {
            List<TrialEvent> ofInput = new ArrayList<>();
            for (TrialEvent event : admitted) {
                if (event.event().type().name().equals(input.event())
                        && keyOf(input, event.event()).equals(key)
                        && isWithin(input, event, atMs)) {
                    ofInput.add(event);
                }
            }
            ofInput.sort(Comparator.comparingLong(event -> timeOf(input, event)));
            keepNewest(input, ofInput);
            int first = input.retain() == null ? 0 : Math.max(0, ofInput.size() - input.retain());
            seen.addAll(ofInput.subList(first, ofInput.size()));
        }
        return new KeyWindow(
                query.name(),
                key,
                atMs,
                admitted.stream().filter(seen::contains).toList());
    }

    /** Of events that agree in the fields of {@code unique} only the newest is left. */
    private static void keepNewest(QueryInput input, List<TrialEvent> inOrder) {
        if (input.unique().isEmpty()) {
            return;
        }
        Map<List<@Nullable Object>, TrialEvent> newest = new HashMap<>();
        inOrder.forEach(event -> newest.put(valuesOf(input.unique(), event.event()), event));
        inOrder.removeIf(event -> newest.get(valuesOf(input.unique(), event.event())) != event);
    }

    private static List<@Nullable Object> valuesOf(List<String> fields, Event event) {
        List<@Nullable Object> values = new ArrayList<>(fields.size());
        fields.forEach(field -> values.add(value(event, field)));
        return values;
    }

    private static boolean isWithin(QueryInput input, TrialEvent event, long atMs) {
        long time = timeOf(input, event);
        return time <= atMs && (input.within() == null || time + input.within().toMillis() > atMs);
    }

    /** The events of a key that a query reads, whatever their age. */
    static List<TrialEvent> history(QueryDefinition query, String key, Collection<TrialEvent> all) {
        return all.stream()
                .filter(event -> query.inputs().stream()
                        .anyMatch(input -> event.event().type().name().equals(input.event())
                                && keyOf(input, event.event()).equals(key)))
                .toList();
    }

    /** The keys that events of a query have, in the order of their first events. */
    static Set<String> keys(QueryDefinition query, Collection<TrialEvent> all) {
        Set<String> keys = new LinkedHashSet<>();
        for (TrialEvent event : all) {
            for (QueryInput input : query.inputs()) {
                if (event.event().type().name().equals(input.event())) {
                    keys.add(keyOf(input, event.event()));
                }
            }
        }
        return keys;
    }

    private static String keyOf(QueryInput input, Event event) {
        @Nullable Object[] values = new @Nullable Object[input.key().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(event, input.key().get(i));
        }
        return KeyText.of(values);
    }

    private static long timeOf(QueryInput input, TrialEvent event) {
        String field = input.timeFrom();
        Object time = field == null ? null : value(event.event(), field);
        return time instanceof Long millis ? millis : event.atMs();
    }

    private static @Nullable Object value(Event event, String field) {
        EventType type = event.type();
        return event.values()[type.indexOf(field).orElseThrow()];
    }
}
