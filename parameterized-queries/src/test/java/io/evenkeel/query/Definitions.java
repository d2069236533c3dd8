// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import io.evenkeel.query.CatalogSnapshot.Versioned;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Random definitions for tests, from a seed. They keep the rules of a single document. */
public final class Definitions {
    private static final String[] TEXTS = {
        "x",
        "NO",
        "yes",
        "12",
        "1e5",
        "null",
        "~",
        "a: b",
        "# c",
        "- d",
        " e ",
        "Zürich",
        "😀",
        "it's \"so\"",
        "a\nb",
        "\t",
        "0x1F",
        "{",
        "1_0"
    };

    private final Random random;

    public Definitions(long seed) {
        random = new Random(seed);
    }

    public EventType eventType(String name) {
        List<EventType.Field> fields = new ArrayList<>();
        for (int i = random.nextInt(9); i > 0; i--) {
            fields.add(new EventType.Field("f" + i, FieldType.values()[random.nextInt(FieldType.values().length)]));
        }
        return new EventType(name, text(), fields);
    }

    public QueryDefinition query(String name) {
        List<Parameter> parameters = new ArrayList<>();
        StringBuilder epl = new StringBuilder(random.nextBoolean() ? "select * -- \n\n  from E where" : "select");
        for (int i = random.nextInt(9); i > 0; i--) {
            parameters.add(parameter("p" + i));
            epl.append(random.nextBoolean() ? " '😀' ?:p" : "\n  ?:p").append(i);
        }
        epl.append(random.nextBoolean() ? "\n" : "").append(random.nextInt(4) == 0 ? "  \n\n" : "");
        List<QueryInput> inputs = new ArrayList<>();
        boolean timed = random.nextBoolean();
        boolean named = random.nextBoolean();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Duration within = random.nextBoolean() ? Duration.ofMillis(1 + random.nextInt(100_000_000)) : null;
            Integer retain = within == null || random.nextBoolean() ? 1 + random.nextInt(Integer.MAX_VALUE) : null;
            List<String> key = !named && random.nextBoolean() ? List.of() : List.of("a", "no");
            List<String> names = named ? List.of("first", "other") : key;
            List<String> unique = random.nextBoolean() ? List.of() : List.of("u", "yes");
            String filter = random.nextBoolean() ? "" : "a > 'x' and b = \"y\"";
            var time = new QueryInput.SourceTime(
                    "t",
                    Duration.ofMillis(random.nextInt(3)),
                    Duration.ofMillis(1 + random.nextInt(300_001)),
                    random.nextBoolean() ? "Beat" : null);
            inputs.add(new QueryInput("E" + i, key, names, filter, within, retain, unique, timed ? time : null));
        }
        var output = new QueryDefinition.Output("O", random.nextBoolean() ? "queue:a.b" : "topic:c");
        return new QueryDefinition(
                name,
                text(),
                parameters,
                inputs,
                epl.toString(),
                1 + random.nextInt(99),
                output,
                new ErrorPolicy(
                        1 + random.nextInt(5),
                        random.nextBoolean() ? null : Duration.ofMillis(1 + random.nextInt(999))));
    }

    public QueryInstance instance(QueryDefinition query, String name) {
        SortedMap<String, Object> values = new TreeMap<>();
        for (Parameter parameter : query.parameters()) {
            boolean free = parameter.allowed().isEmpty();
            values.put(
                    parameter.name(),
                    free ? value(parameter.type()) : parameter.allowed().get(0));
        }
        return new QueryInstance(new InstanceId(query.name(), name), values);
    }

    /** A catalog whose parts need not fit together. */
    public CatalogSnapshot catalog() {
        SortedMap<String, Versioned<EventType>> types = new TreeMap<>();
        SortedMap<String, Versioned<QueryDefinition>> queries = new TreeMap<>();
        SortedMap<InstanceId, Versioned<QueryInstance>> instances = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            types.put("T" + i, versioned(eventType("T" + i)));
            QueryDefinition query = query("q-" + i);
            queries.put(query.name(), versioned(query));
            QueryInstance instance = instance(query, "i" + i);
            instances.put(instance.id(), versioned(instance));
        }
        return new CatalogSnapshot(random.nextLong() >>> 1, types, queries, instances);
    }

    private <T> Versioned<T> versioned(T value) {
        return new Versioned<>(value, 1 + random.nextInt(1_000), random.nextLong() >>> 1);
    }

    private Parameter parameter(String name) {
        ParameterType type = ParameterType.values()[random.nextInt(ParameterType.values().length)];
        List<Object> allowed = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            allowed.add(value(type));
        }
        @Nullable Object standard = random.nextBoolean() ? null : allowed.isEmpty() ? value(type) : allowed.get(0);
        boolean bounded = standard != null && type != ParameterType.BOOLEAN && type != ParameterType.STRING;
        return new Parameter(
                name, type, standard, bounded ? standard : null, bounded ? standard : null, allowed, text(), text());
    }

    private Object value(ParameterType type) {
        return switch (type) {
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> random.nextInt();
            case LONG -> random.nextLong();
            case DOUBLE -> random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300);
            case DECIMAL -> BigDecimal.valueOf(random.nextLong(), random.nextInt(40));
            case STRING -> "v" + text();
            case TIMESTAMP -> random.nextLong() % 100_000_000_000_000L;
            case DURATION -> Durations.toSeconds(Duration.ofMillis(Math.abs(random.nextLong() % 8_640_000_000_000L)));
        };
    }

    private String text() {
        int chosen = random.nextInt(TEXTS.length + 3);
        String text = chosen < TEXTS.length ? TEXTS[chosen] : "";
        return text.isBlank() ? "" : text;
    }
}
