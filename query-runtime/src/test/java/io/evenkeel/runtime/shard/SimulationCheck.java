// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the matches of a run with those of one engine that saw the same events, once each, in the order of the
 * queue: lost (L), duplicate (D), phantom (P), order per key (O). Together they are the model check (M).
 */
record SimulationCheck(SumQuery query, List<QueryInstance> instances, List<Timed> accepted, long endTime) {
    /** An event and the time by which it counts. */
    record Timed(Event event, long time) {}

    List<String> faults(List<Match> output, List<String> residue) {
        List<String> faults = new ArrayList<>(residue);
        Set<String> ids = new HashSet<>();
        List<String> actual = new ArrayList<>();
        for (Match match : output) {
            if (!ids.add(match.id())) {
                faults.add("D: " + match.id());
            }
            if (sound(match.instance().name())) {
                actual.add(describe(match.instance().name(), match.key(), match.body()));
            }
        }
        List<String> expected = expected();
        difference(expected, actual).forEach(match -> faults.add("L: " + match));
        difference(actual, expected).forEach(match -> faults.add("P: " + match));
        // Held events are released by ticks as well, and those are committed by a session of their own.
        boolean ordered = query.definition().inputs().stream()
                .allMatch(
                        input -> input.time() == null || input.time().waitFor().isZero());
        if (ordered && faults.isEmpty() && !sumsByKey(expected).equals(sumsByKey(actual))) {
            faults.add("O: expected " + sumsByKey(expected) + " but got " + sumsByKey(actual));
        }
        return faults;
    }

    private List<String> expected() {
        List<String> expected = new ArrayList<>();
        EmissionSink sink = new EmissionSink() {
            @Override
            public boolean wanted() {
                return true;
            }

            @Override
            public void emit(Emission emission) {
                expected.add(describe(emission.instance().name(), emission.key(), emission.body()));
            }
        };
        List<QueryInstance> sound = instances.stream()
                .filter(instance -> sound(instance.id().name()))
                .toList();
        // Stable: at the same time the order of the queue holds.
        List<Timed> events =
                accepted.stream().sorted(Comparator.comparingLong(Timed::time)).toList();
        try (SumQuery.SumEngine oracle =
                query.open(sound, events.isEmpty() ? 0 : events.get(0).time())) {
            for (Timed event : events) {
                oracle.advanceTo(event.time(), sink);
                oracle.apply(event.event(), sink);
            }
            oracle.advanceTo(endTime + 10_000, sink);
        }
        return expected;
    }

    /** The instance that is poisoned must disturb no other; what it emits itself before that is its own affair. */
    private static boolean sound(String instance) {
        return !instance.equals("odd");
    }

    private static String describe(String instance, String key, String body) {
        return instance + " " + key + " " + body;
    }

    private static List<String> difference(List<String> from, List<String> without) {
        Map<String, Integer> rest = new HashMap<>();
        without.forEach(text -> rest.merge(text, 1, Integer::sum));
        return from.stream()
                .filter(text -> rest.merge(text, -1, Integer::sum) < 0)
                .toList();
    }

    private static Map<String, List<String>> sumsByKey(List<String> matches) {
        Map<String, List<String>> byKey = new HashMap<>();
        for (String match : matches) {
            String[] parts = match.split(" ", 3);
            if (parts[2].startsWith("sum")) {
                byKey.computeIfAbsent(parts[0] + " " + parts[1], k -> new ArrayList<>())
                        .add(parts[2]);
            }
        }
        return byKey;
    }
}
