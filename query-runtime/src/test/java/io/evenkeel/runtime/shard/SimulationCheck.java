// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.shard.Cause.EventCause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Compares the matches of a run with those of one engine that saw the same events, once each, in the order of the
 * queue: lost (L), duplicate (D), phantom (P), order per key (O). Together they are the model check (M). And the windows that are left
 * with those that should be (S).
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

    /**
     * Whether the windows of keys hold at the end what was published, and no more (S), in arrival time.
     *
     * @param probe an event of each key, of a value above all thresholds
     * @param told  what was answered to it
     * @param which of those events
     */
    List<String> windowFaults(List<Cause> probe, List<Match> told, Predicate<Event> which) {
        List<String> faults = new ArrayList<>();
        for (Cause cause : probe) {
            Event asked = ((EventCause) cause).event();
            String key = (String) asked.values()[0];
            if (!which.test(asked)) {
                continue;
            }
            List<Integer> window = accepted.stream()
                    .filter(event -> event.time() > endTime - SumQuery.WINDOW.toMillis())
                    .filter(event -> key.equals(event.event().values()[0]))
                    .map(event -> (Integer) event.event().values()[1])
                    .toList();
            int sum = window.stream().mapToInt(Integer::intValue).sum() + (Integer) asked.values()[1];
            String expected = "sum " + sum + " of " + (window.size() + 1) + " at " + endTime;
            for (QueryInstance instance : instances) {
                String name = instance.id().name();
                List<String> seen = told.stream()
                        .filter(match -> match.key().equals(key)
                                && match.instance().name().equals(name))
                        .map(Match::body)
                        .toList();
                if (sound(name) && !seen.equals(List.of(expected))) {
                    faults.add("S: " + name + " " + key + " is " + seen + ", by what was published " + expected);
                }
            }
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
