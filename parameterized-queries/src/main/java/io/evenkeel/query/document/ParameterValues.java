// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.Titles;
import io.evenkeel.query.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives the raw values of an instance the types of its query's parameters, and holds them to the constraints. */
public final class ParameterValues {
    private ParameterValues() {}

    /**
     * Make an instance from raw values.
     *
     * @param raw by parameter: Boolean, a Number, String; what is absent or null takes the default
     * @throws DefinitionRefusedException with every violation, its field {@code parameters.NAME}, rule and value
     */
    public static QueryInstance bind(
            QueryDefinition query, InstanceId id, Map<String, ? extends @Nullable Object> raw) {
        List<Fault> faults = new ArrayList<>();
        SortedMap<String, Object> values = bind(query, raw, Source.NONE, faults);
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(Titles.instance(id), faults);
        }
        return new QueryInstance(id, values);
    }

    /** As the other one, but adds violations to {@code faults}; the values are complete if it added none. */
    public static SortedMap<String, Object> bind(
            QueryDefinition query, Map<String, ? extends @Nullable Object> raw, Source source, List<Fault> faults) {
        SortedMap<String, Object> values = new TreeMap<>();
        for (Parameter parameter : query.parameters()) {
            String field = "parameters." + parameter.name();
            Consumer<String> refuse = message -> faults.add(new Fault(source.line(field), field, message));
            Object given = raw.get(parameter.name());
            Object value = given == null ? parameter.defaultValue() : check(parameter, given, refuse);
            if (value != null) {
                values.put(parameter.name(), value);
            } else if (given == null) {
                refuse.accept("Expected a value for " + parameter.name() + " ("
                        + parameter.type().text() + "), but there is none and it has no default. rule=required");
            }
        }
        List<String> known = query.parameters().stream().map(Parameter::name).toList();
        for (String name : raw.keySet()) {
            if (!known.contains(name)) {
                String field = "parameters." + name;
                faults.add(new Fault(
                        source.line(field),
                        field,
                        "Expected a parameter of query " + query.name() + ", but " + Wording.quote(name) + " is none; "
                                + Wording.suggest(name, known) + " rule=unknown"));
            }
        }
        return values;
    }

    /** The values of an instance as they stand in a document: timestamps and durations as text. */
    public static SortedMap<String, Object> raw(QueryDefinition query, QueryInstance instance) {
        SortedMap<String, Object> raw = new TreeMap<>(instance.values());
        for (Parameter parameter : query.parameters()) {
            raw.computeIfPresent(parameter.name(), (name, value) -> RawValues.raw(parameter.type(), value));
        }
        return raw;
    }

    /** The typed value if it keeps all rules of the parameter; null after a call of {@code refuse}. */
    static @Nullable Object check(Parameter parameter, Object raw, Consumer<String> refuse) {
        String name = parameter.name();
        Object value = RawValues.typed(
                parameter.type(), raw, expected -> refuse.accept(RawValues.message(name, expected, raw, "type")));
        return value != null && keepsConstraints(parameter, value, refuse) ? value : null;
    }

    static boolean keepsConstraints(Parameter parameter, Object value, Consumer<String> refuse) {
        ParameterType type = parameter.type();
        String name = parameter.name();
        Object shown = RawValues.raw(type, value);
        boolean keeps = true;
        Object minimum = parameter.minimum();
        if (minimum != null && compare(value, minimum) < 0) {
            refuse.accept(RawValues.message(
                    name, "at least " + parameter.withUnit(RawValues.raw(type, minimum)), shown, "minimum"));
            keeps = false;
        }
        Object maximum = parameter.maximum();
        if (maximum != null && compare(value, maximum) > 0) {
            refuse.accept(RawValues.message(
                    name, "at most " + parameter.withUnit(RawValues.raw(type, maximum)), shown, "maximum"));
            keeps = false;
        }
        List<Object> allowed = parameter.allowed();
        if (!allowed.isEmpty() && allowed.stream().noneMatch(one -> compare(value, one) == 0)) {
            List<String> texts = allowed.stream()
                    .map(one -> String.valueOf(RawValues.raw(type, one)))
                    .toList();
            refuse.accept(RawValues.message(name, "one of " + String.join(", ", texts), shown, "allowed"));
            keeps = false;
        }
        return keeps;
    }

    /** All types of parameters are comparable, and both values are of the same one. */
    @SuppressWarnings("unchecked")
    static int compare(Object left, Object right) {
        return ((Comparable<Object>) left).compareTo(right);
    }
}
