// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.itests.kit.Body;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.oracle.Oracle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Events that these tests publish, the queries over them, and what must come of them.
 *
 * <p>The query {@code running} makes a match of each event, with the number and the sum of all events of its key so far: a
 * lost event, a doubled one and one out of order all show in every later match.
 *
 * <p>Thread-safe: a publisher may ask for events while a test asks what was published.
 */
final class Readings {
    static final String TYPE = """
            event: Reading
            fields: {id: string, sensor: string, seq: integer, amount: integer}
            """;

    static final String RUNNING = """
            query: running
            inputs:
              - {event: Reading, key: [sensor], within: 1 hour}
            epl: select sensor, seq, count(*) as n, sum(amount) as total from Reading
            output: {event: Running, to: "queue:running"}
            """;

    static final String RUNNING_INSTANCE = "running/default";

    private static final String RUNNING_ORACLE =
            "select sensor, seq, count(*) as n, sum(amount) as total from Reading#time(1 hour)";

    /** One event. @param seq counts the events of its key, from 0 */
    record Reading(String id, String sensor, int seq, int amount) {
        String json() {
            return Body.of(fields());
        }

        Map<String, Object> fields() {
            return Map.of("id", id, "sensor", sensor, "seq", seq, "amount", amount);
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Reading> published = new ArrayList<>();
    private final Map<String, Integer> next = new TreeMap<>();

    /** A new event of a key, after all before it. */
    synchronized Reading reading(String sensor, int amount) {
        int seq = next.merge(sensor, 1, Integer::sum) - 1;
        Reading reading = new Reading(sensor + "-" + seq, sensor, seq, amount);
        published.add(reading);
        return reading;
    }

    /** Lines to publish: events of keys and amounts at random. */
    List<String> lines(int count, int keys, Random random) {
        return lines("s", count, keys, random);
    }

    /** The same with keys of their own. */
    List<String> lines(String prefix, int count, int keys, Random random) {
        return lines(IntStream.range(0, keys).mapToObj(key -> prefix + key).toList(), count, random);
    }

    /** The same with these keys. */
    synchronized List<String> lines(List<String> keys, int count, Random random) {
        List<String> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add(reading(keys.get(random.nextInt(keys.size())), random.nextInt(100))
                    .json());
        }
        return lines;
    }

    /** Lines without end, made when they are asked for: events of these keys and of amounts at random. */
    Iterator<String> endless(List<String> keys, Random random) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                return lines(keys, 1, random).get(0);
            }
        };
    }

    /** An event that was not processed, and should not have been. */
    synchronized void forget(String id) {
        published.removeIf(event -> event.id().equals(id));
    }

    synchronized int published() {
        return published.size();
    }

    /**
     * What is wrong with the matches of {@code running} where nobody keeps an order. Which event gets which number is open then; but
     * each has one match, and the numbers of a key are all there, once.
     */
    synchronized List<String> faultsInAnyOrder(List<ReceivedMatch> matches) {
        SortedMap<String, List<Integer>> events = new TreeMap<>();
        SortedMap<String, List<Integer>> counts = new TreeMap<>();
        Set<String> ids = new TreeSet<>();
        List<String> faults = new ArrayList<>();
        for (ReceivedMatch match : matches) {
            if (!ids.add(match.matchId())) {
                faults.add("again: " + match);
            }
            JsonNode body = json(match.body());
            events.computeIfAbsent(match.key(), key -> new ArrayList<>())
                    .add(body.path("seq").asInt());
            counts.computeIfAbsent(match.key(), key -> new ArrayList<>())
                    .add(body.path("n").asInt());
        }
        next.forEach((key, number) -> {
            List<Integer> expected = IntStream.range(0, number).boxed().toList();
            List<Integer> seen = events.getOrDefault(key, List.of());
            if (!seen.stream().sorted().toList().equals(expected)) {
                faults.add(key + ": expected the events 0 to " + (number - 1) + ", but got " + seen);
            }
            List<Integer> counted = counts.getOrDefault(key, List.of());
            if (!counted.stream().map(n -> n - 1).sorted().toList().equals(expected)) {
                faults.add(key + ": expected the counts 1 to " + number + ", but got " + counted);
            }
        });
        return faults;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected JSON, but got " + text, e);
        }
    }

    /** What {@code running} must give for all events so far, in their order. */
    synchronized SortedMap<Lane, List<String>> running() {
        LinkedHashMap<String, Class<?>> fields = new LinkedHashMap<>();
        fields.put("id", String.class);
        fields.put("sensor", String.class);
        fields.put("seq", Integer.class);
        fields.put("amount", Integer.class);
        try (Oracle oracle = new Oracle("Reading", fields, RUNNING_ORACLE, 0)) {
            published.forEach(event ->
                    oracle.apply("Reading", event.sensor(), event.id(), event.sensor(), event.seq(), event.amount()));
            SortedMap<Lane, List<String>> expected = new TreeMap<>();
            oracle.bodies().forEach((key, bodies) -> expected.put(new Lane(RUNNING_INSTANCE, key), bodies));
            return expected;
        }
    }
}
