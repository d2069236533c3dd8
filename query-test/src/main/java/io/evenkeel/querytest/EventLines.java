// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Durations;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.Wording;
import io.evenkeel.query.json.Decoded;
import io.evenkeel.query.json.Decoded.Accepted;
import io.evenkeel.query.json.Decoded.Refused;
import io.evenkeel.query.json.EventDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sample events as text: a JSON object on each line.
 *
 * <pre>
 * {"event": "Flight", "at": "2026-01-01T00:00:00Z", "id": "f1", "fields": {"origin": "LHR", "delay": 70}}
 * {"event": "Flight", "at": "+5 minutes", "fields": {"origin": "LHR", "delay": 80}}
 * {"origin": "LHR", "delay": 90}
 * {"at": "+2 hours"}
 * </pre>
 *
 * <p>{@code at} is when the event arrives; {@code +} counts from where time stands. Without it, an event of a query on
 * source time arrives when it happened, others when the one before did. {@code id} is {@code e} and the line's number
 * unless given. Bare fields will do where only one event type is defined. A line with nothing but {@code at} lets time
 * pass.
 */
final class EventLines {
    private static final Set<String> ENVELOPE = Set.of("event", "at", "id", "fields");

    private final TrialDefinitions definitions;
    private final Map<String, EventDecoder> decoders = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();

    private EventLines(TrialDefinitions definitions) {
        this.definitions = definitions;
        definitions.eventTypes().forEach(type -> decoders.put(type.name(), new EventDecoder(type)));
    }

    /**
     * A line: an event, or a time to move to.
     *
     * @param at    as it is written; null if it is not
     * @param event null if the line lets time pass
     */
    record Line(
            int number,
            String id,
            @Nullable String at,
            @Nullable Event event) {
        /** @throws IllegalArgumentException if {@code at} is neither a time nor a distance */
        long time(long now, long otherwise) {
            String text = at;
            if (text == null) {
                return otherwise;
            }
            if (text.startsWith("+")) {
                return now + Durations.parse(text.substring(1)).toMillis();
            }
            long time = Timestamps.parse(text);
            if (time == Timestamps.NONE) {
                throw new IllegalArgumentException("Expected at to be a timestamp such as 2026-01-01T00:00:00Z, or a"
                        + " distance such as +5 minutes, but it is " + Wording.quote(text) + ".");
            }
            return time;
        }
    }

    /** @throws DefinitionRefusedException with every line that does not fit the event types */
    static List<Line> read(String name, String text, TrialDefinitions definitions) {
        EventLines reader = new EventLines(definitions);
        List<Line> lines = new ArrayList<>();
        for (JsonLines.Line line : JsonLines.read(name, text)) {
            Line read = reader.line(line);
            if (read != null) {
                lines.add(read);
            }
        }
        if (!reader.faults.isEmpty()) {
            throw new DefinitionRefusedException(name, reader.faults);
        }
        return lines;
    }

    private @Nullable Line line(JsonLines.Line line) {
        ObjectNode object = line.object();
        String id = object.path("id").asText("e" + line.number());
        String at = object.has("at") ? object.path("at").asText() : null;
        if (JsonLines.isEnvelope(object, ENVELOPE)) {
            String type = object.path("event").asText(onlyType());
            Event event = event(line.number(), type, object.path("fields"));
            return event == null ? null : new Line(line.number(), id, at, event);
        }
        if (at != null && object.size() == 1) {
            return new Line(line.number(), "", at, null);
        }
        Event event = event(line.number(), onlyType(), object);
        return event == null ? null : new Line(line.number(), "e" + line.number(), null, event);
    }

    private String onlyType() {
        List<EventType> types = definitions.eventTypes();
        return types.size() == 1 ? types.get(0).name() : "";
    }

    private @Nullable Event event(int number, String type, JsonNode fields) {
        EventDecoder decoder = decoders.get(type);
        if (decoder == null) {
            String expected = type.isEmpty()
                    ? "Expected event to tell the type, since there are several, but the line does not; "
                    : "Expected a known event type, but it is " + Wording.quote(type) + "; ";
            faults.add(new Fault(number, "event", expected + Wording.suggest(type, decoders.keySet())));
            return null;
        }
        for (String name : JsonLines.names(fields)) {
            if (decoder.type().indexOf(name).isEmpty()) {
                List<String> known = decoder.type().fields().stream()
                        .map(EventType.Field::name)
                        .toList();
                faults.add(new Fault(
                        number,
                        name,
                        "Expected a field of " + type + ", but it has no " + Wording.quote(name) + "; "
                                + Wording.suggest(name, known)));
                return null;
            }
        }
        Decoded decoded = decoder.decode(fields.toString());
        if (decoded instanceof Refused refused) {
            faults.add(new Fault(number, refused.field(), refused.message()));
        }
        return decoded instanceof Accepted accepted ? accepted.event() : null;
    }
}
