// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.correlator.demo.oracle.FlightOracle;
import io.evenkeel.correlator.demo.oracle.OracleFlight;
import io.evenkeel.query.Durations;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The flights and the definitions of the demo, from the folder {@code demo} of the project. */
record DemoData(List<String> lines, List<Document> definitions) {
    static final String EVENT = "Flight";
    static final String INPUT_QUEUE = "flights";
    static final List<String> OUTPUT_QUEUES = List.of("late-airports", "late-again", "silent-airports");
    private static final ObjectMapper JSON = new ObjectMapper();

    static DemoData read(Path folder) throws IOException {
        List<Document> definitions = new ArrayList<>();
        for (String name : List.of("flight", "late-airport", "late-again", "silent-airport")) {
            Path file = folder.resolve("queries").resolve(name + ".yaml");
            definitions.addAll(DocumentReader.read(file.toString(), Files.readString(file)));
        }
        try (Stream<String> lines = Files.lines(folder.resolve("data/flights-20k.jsonl"))) {
            return new DemoData(lines.filter(line -> !line.isBlank()).toList(), List.copyOf(definitions));
        }
    }

    /** Read with another parser than the nodes' one. */
    List<OracleFlight> flights() throws IOException {
        List<OracleFlight> flights = new ArrayList<>();
        for (String line : lines) {
            JsonNode json = JSON.readTree(line);
            flights.add(new OracleFlight(
                    json.path("id").asText(),
                    OffsetDateTime.parse(json.path("scheduled").asText())
                            .toInstant()
                            .toEpochMilli(),
                    json.path("origin").asText(),
                    json.path("destination").asText(),
                    json.path("delay").asInt(),
                    json.path("distance").asInt()));
        }
        return flights;
    }

    /** The instances as the oracle knows them; it must be told of every parameter. */
    List<FlightOracle.Instance> instances() {
        List<FlightOracle.Instance> instances = new ArrayList<>();
        for (Document document : definitions) {
            if (document instanceof Document.InstanceDocument instance) {
                Map<String, Object> values = new HashMap<>();
                instance.values().forEach((name, value) -> values.put(name, oracleValue(value)));
                instances.add(new FlightOracle.Instance(
                        instance.id().query(), instance.id().name(), values));
            }
        }
        return instances;
    }

    private static Object oracleValue(@Nullable Object raw) {
        if (raw instanceof Long number) {
            return Math.toIntExact(number);
        }
        return Durations.parse(String.valueOf(raw)).toMillis() / 1000.0;
    }
}
