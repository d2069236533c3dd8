// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.Fault;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInput.SourceTime;
import io.evenkeel.query.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the inputs of a query. */
final class InputReader {
    private final Fields fields;
    private final List<Fault> faults;

    /** @param fields of the query */
    InputReader(Fields fields, List<Fault> faults) {
        this.fields = fields;
        this.faults = faults;
    }

    List<QueryInput> read() {
        fields.require("inputs", "the inputs of the query");
        List<Node> items = fields.items("inputs");
        if (fields.find("inputs") instanceof Node.Sequence && items.isEmpty()) {
            fields.refuse("inputs", "Expected at least one input, but there is none.");
        }
        List<QueryInput> inputs = new ArrayList<>();
        Set<String> events = new HashSet<>();
        boolean named = items.stream().anyMatch(InputReader::namesItsKey);
        List<String> keyNames = List.of();
        for (int i = 0; i < items.size(); i++) {
            Fields input = Fields.of("inputs[" + i + "]", items.get(i), faults);
            Map<String, String> key = key(input);
            keyNames = i == 0 ? List.copyOf(key.keySet()) : keyNames;
            QueryInput read = input(input, named ? aligned(input, key, keyNames) : key);
            if (!read.event().isEmpty() && !events.add(read.event())) {
                input.refuse(
                        "event",
                        "Expected each event type as one input, but " + Wording.quote(read.event())
                                + " is an earlier one as well. Name it twice in the EPL instead.");
            }
            inputs.add(read);
        }
        long timed = inputs.stream().filter(input -> input.time() != null).count();
        if (timed > 0 && timed < inputs.size()) {
            fields.refuse(
                    "inputs",
                    "Expected timeFrom on all inputs or on none, since a query has one clock, but " + timed + " of "
                            + inputs.size() + " have it.");
        }
        return inputs;
    }

    private static boolean namesItsKey(Node item) {
        return item instanceof Node.Mapping mapping && mapping.entries().get("key") instanceof Node.Mapping;
    }

    /** The fields of the key by the names of its parts: {@code [a, b]} or {@code {name: a, other: b}}. */
    private static Map<String, String> key(Fields input) {
        Map<String, String> key = new LinkedHashMap<>();
        if (!(input.find("key") instanceof Node.Mapping)) {
            input.names("key").forEach(field -> key.put(field, field));
            return key;
        }
        input.entries("key").forEach((name, node) -> {
            if (!Fields.IDENTIFIER.matcher(name).matches()) {
                input.refuse(
                        "key",
                        "Expected the name of a part of the key, " + Fields.shape(Fields.IDENTIFIER) + ", but it is "
                                + Wording.quote(name) + ". Rename it.");
            } else if (node instanceof Node.Scalar scalar && scalar.value() instanceof String field) {
                key.put(name, field);
            } else {
                input.refuse("key", "Expected a field for " + name + ", but it is " + node.described() + ".");
            }
        });
        return key;
    }

    /** The parts of a key in the order of the first input's; by name, since somebody gave names. */
    private static Map<String, String> aligned(Fields input, Map<String, String> key, List<String> names) {
        if (!key.keySet().equals(Set.copyOf(names))) {
            input.refuse(
                    "key",
                    "Expected the same names in the key of each input, " + names + " as in the first, but they are "
                            + List.copyOf(key.keySet()) + ". Where a field is called otherwise, write {name: field}.");
            return key;
        }
        Map<String, String> ordered = new LinkedHashMap<>();
        names.forEach(name -> ordered.put(name, key.getOrDefault(name, name)));
        return ordered;
    }

    private QueryInput input(Fields input, Map<String, String> key) {
        String event = input.requireName("event", "the event type of the input", Fields.IDENTIFIER);
        Duration within = positive(input, "within");
        Integer retain = input.count("retain", "a number of events");
        List<String> unique = input.names("unique");
        String filter = input.text("filter");
        SourceTime time = time(input);
        if (within == null && retain == null) {
            input.refuse(
                    "within",
                    "Expected within (a duration), retain (a number of events) or both, but there is"
                            + " neither. Add one.");
            retain = 1;
        }
        input.end();
        return new QueryInput(
                event,
                List.copyOf(key.values()),
                List.copyOf(key.keySet()),
                filter.strip(),
                within,
                retain,
                unique,
                time);
    }

    private @Nullable SourceTime time(Fields input) {
        String field = input.text("timeFrom");
        Duration wait = input.duration("wait");
        Duration idle = positive(input, "idle");
        String heartbeat = input.text("heartbeat");
        if (input.find("timeFrom") != null) {
            return field.isEmpty()
                    ? null
                    : new SourceTime(
                            field,
                            wait == null ? Duration.ZERO : wait,
                            idle == null ? SourceTime.DEFAULT_IDLE : idle,
                            heartbeat.isEmpty() ? null : heartbeat);
        }
        for (String only : List.of("wait", "idle", "heartbeat")) {
            if (input.find(only) != null) {
                input.refuse(
                        only,
                        "Expected " + only + " only together with timeFrom, but there is no timeFrom. Add it or drop "
                                + only + ".");
            }
        }
        return null;
    }

    private static @Nullable Duration positive(Fields input, String name) {
        Duration duration = input.duration(name);
        if (duration != null && duration.isZero()) {
            input.refuse(name, "Expected a duration above zero, but it is zero.");
            return Duration.ofMillis(1);
        }
        return duration;
    }
}
