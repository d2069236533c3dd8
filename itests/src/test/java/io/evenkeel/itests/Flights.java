// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.oracle.Oracle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The first flights of the demo's data, two queries over them in source time, and what must come of them. */
final class Flights {
    static final String DOCUMENTS = """
            event: Flight
            fields: {id: string, scheduled: timestamp, origin: string, destination: string, delay: integer, distance: integer}
            ---
            query: late-airport
            parameters:
              minDelay: {type: integer, default: 60}
              flights: {type: integer, default: 2}
            inputs:
              - {event: Flight, key: [origin], within: 2 hours, timeFrom: scheduled}
            epl: |
              select origin, count(*) as flights, avg(delay) as meanDelay
              from Flight where delay >= ?:minDelay
              having count(*) >= ?:flights
            output: {event: LateAirport, to: "queue:late-airports"}
            ---
            query: late-airport
            instance: default
            ---
            query: quiet-airport
            parameters:
              minDelay: {type: integer, default: 90}
            inputs:
              - {event: Flight, key: [origin], within: 4 hours, timeFrom: scheduled}
            epl: |
              select a.id as last
              from pattern [every a=Flight(delay >= ?:minDelay) -> (timer:interval(3 hours) and not Flight)]
            output: {event: QuietAirport, to: "queue:quiet-airports"}
            ---
            query: quiet-airport
            instance: default
            """;

    private static final String LATE = """
            select origin, count(*) as flights, avg(delay) as meanDelay
            from Flight#time(2 hours) where delay >= 60 having count(*) >= 2
            """;

    private static final String QUIET =
            "select a.id as last from pattern [every a=Flight(delay >= 90) -> (timer:interval(3 hours) and not Flight)]";

    private static final Path DATA = Path.of("..", "demo", "data", "flights-20k.jsonl");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> lines;

    /** @param count from the first day on */
    Flights(int count) {
        try (Stream<String> all = Files.lines(DATA)) {
            lines = all.limit(count).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected flights in " + DATA.toAbsolutePath() + ", but: " + e, e);
        }
    }

    List<String> lines() {
        return lines;
    }

    /** What both queries must give. */
    SortedMap<Lane, List<String>> expected() {
        return expected(lines, scheduled(lines.get(lines.size() - 1)));
    }

    /**
     * What both queries must give.
     *
     * @param ordered by source time
     * @param untilMs how far source time gets
     */
    static SortedMap<Lane, List<String>> expected(List<String> ordered, long untilMs) {
        SortedMap<Lane, List<String>> expected = new TreeMap<>();
        run(LATE, ordered, untilMs)
                .forEach((key, bodies) -> expected.put(new Lane("late-airport/default", key), bodies));
        run(QUIET, ordered, untilMs)
                .forEach((key, bodies) -> expected.put(new Lane("quiet-airport/default", key), bodies));
        return expected;
    }

    static long scheduled(String line) {
        return scheduled(read(line));
    }

    private static SortedMap<String, List<String>> run(String epl, List<String> lines, long untilMs) {
        LinkedHashMap<String, Class<?>> fields = new LinkedHashMap<>();
        fields.put("id", String.class);
        fields.put("scheduled", Long.class);
        fields.put("origin", String.class);
        fields.put("destination", String.class);
        fields.put("delay", Integer.class);
        fields.put("distance", Integer.class);
        try (Oracle oracle = new Oracle("Flight", fields, epl, scheduled(read(lines.get(0))))) {
            for (String line : lines) {
                JsonNode flight = read(line);
                oracle.advanceTo(scheduled(flight));
                oracle.apply(
                        "Flight",
                        flight.path("origin").asText(),
                        flight.path("id").asText(),
                        scheduled(flight),
                        flight.path("origin").asText(),
                        flight.path("destination").asText(),
                        flight.path("delay").asInt(),
                        flight.path("distance").asInt());
            }
            oracle.advanceTo(untilMs);
            return new TreeMap<>(oracle.bodies());
        }
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected a flight, but got " + line, e);
        }
    }

    private static long scheduled(JsonNode flight) {
        return OffsetDateTime.parse(flight.path("scheduled").asText())
                .toInstant()
                .toEpochMilli();
    }
}
