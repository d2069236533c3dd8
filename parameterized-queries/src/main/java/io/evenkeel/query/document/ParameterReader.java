// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.Fault;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.Wording;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the declaration of one parameter. */
final class ParameterReader {
    /** In documents, text with a fixed set of values is a type of its own. */
    private static final String ENUM = "enum";

    private final String name;
    private final Fields fields;
    private final List<Fault> faults;

    private ParameterReader(String name, Fields fields, List<Fault> faults) {
        this.name = name;
        this.fields = fields;
        this.faults = faults;
    }

    static Parameter read(String name, Node node, List<Fault> faults) {
        String path = Node.child("parameters", name);
        if (!Fields.IDENTIFIER.matcher(name).matches()) {
            faults.add(new Fault(
                    node.line(),
                    path,
                    "Expected the name of a parameter, " + Fields.shape(Fields.IDENTIFIER) + ", but it is "
                            + Wording.quote(name) + ". Rename it."));
        }
        return new ParameterReader(name, Fields.of(path, node, faults), faults).read();
    }

    private Parameter read() {
        String typeName = fields.requireText("type", "the type of the parameter");
        boolean enumeration = typeName.equals(ENUM);
        Optional<ParameterType> found = enumeration ? Optional.of(ParameterType.STRING) : ParameterType.find(typeName);
        if (found.isEmpty() && !typeName.isEmpty()) {
            List<String> known = new ArrayList<>(Arrays.stream(ParameterType.values())
                    .map(ParameterType::text)
                    .toList());
            known.add(ENUM);
            fields.refuse(
                    "type",
                    "Expected a type of parameter, but it is " + Wording.quote(typeName) + "; "
                            + Wording.suggest(typeName, known));
        }
        String description = fields.text("description");
        String unit = fields.text("unit");
        String listKey = enumeration ? "values" : "allowed";
        List<Node> items = fields.items(listKey);
        if (enumeration && items.isEmpty()) {
            fields.refuse("values", "Expected the values of the enumeration, but there are none. List them.");
        }
        Node defaultNode = fields.find("default");
        Node minimumNode = fields.find("minimum");
        Node maximumNode = fields.find("maximum");
        fields.end();
        if (found.isEmpty()) {
            return new Parameter(name, ParameterType.STRING, null, null, null, List.of(), description, unit);
        }
        ParameterType type = found.get();
        List<Object> allowed = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Object value = typed(type, listKey + "[" + i + "]", items.get(i));
            if (value != null) {
                allowed.add(value);
            }
        }
        Object minimum = bound(type, "minimum", minimumNode);
        Object maximum = bound(type, "maximum", maximumNode);
        if (minimum != null && maximum != null && ParameterValues.compare(minimum, maximum) > 0) {
            fields.refuse(
                    "minimum",
                    "Expected minimum <= maximum, but minimum is "
                            + Wording.quote(RawValues.raw(type, minimum)) + " and maximum is "
                            + Wording.quote(RawValues.raw(type, maximum)) + ". Swap them.");
            maximum = null;
        }
        Object defaultValue = typed(type, "default", defaultNode);
        Parameter parameter = new Parameter(name, type, null, minimum, maximum, allowed, description, unit);
        if (defaultValue != null) {
            ParameterValues.keepsConstraints(
                    parameter, defaultValue, message -> fields.refuse("default", message + " (of the default)"));
        }
        return new Parameter(name, type, defaultValue, minimum, maximum, allowed, description, unit);
    }

    private @Nullable Object bound(ParameterType type, String key, @Nullable Node node) {
        if (node != null && (type == ParameterType.BOOLEAN || type == ParameterType.STRING)) {
            fields.refuse(
                    key,
                    "Expected " + key + " on numbers, timestamps and durations only, but " + name + " is " + type.text()
                            + ". Drop it.");
            return null;
        }
        return typed(type, key, node);
    }

    private @Nullable Object typed(ParameterType type, String key, @Nullable Node node) {
        if (node == null) {
            return null;
        }
        if (node instanceof Node.Scalar scalar) {
            return RawValues.typed(
                    type, scalar.value(), expected -> refuse(key, node, expected + ", but it is " + node.described()));
        }
        refuse(key, node, "a single value, but it is " + node.described());
        return null;
    }

    private void refuse(String key, Node node, String message) {
        faults.add(new Fault(node.line(), fields.path(key), "Expected " + message + ". rule=type"));
    }
}
