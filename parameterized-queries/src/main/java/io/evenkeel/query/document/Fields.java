// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.Durations;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one mapping. Each fault is noted and reading goes on, so that an author learns of all at once;
 * whatever is returned after a fault is a stand-in that never leaves the reader.
 */
final class Fields {
    /** Names of queries and instances. */
    static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    /** Names that stand in EPL: event types, fields, parameters. */
    static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final String path;
    private final Node.Mapping mapping;
    private final List<Fault> faults;
    private final Set<String> known = new LinkedHashSet<>();

    private Fields(String path, Node.Mapping mapping, List<Fault> faults) {
        this.path = path;
        this.mapping = mapping;
        this.faults = faults;
    }

    static Fields of(String path, Node node, List<Fault> faults) {
        if (node instanceof Node.Mapping mapping) {
            return new Fields(path, mapping, faults);
        }
        faults.add(
                new Fault(node.line(), path, "Expected a mapping (key: value), but it is " + node.described() + "."));
        return new Fields(path, new Node.Mapping(node.line(), Map.of()), new ArrayList<>());
    }

    String path(String key) {
        return Node.child(path, key);
    }

    int line() {
        return mapping.line();
    }

    void refuse(String key, String message) {
        Node node = mapping.entries().get(key);
        faults.add(new Fault(node == null ? mapping.line() : node.line(), path(key), message));
    }

    /** The node of a key, or null; a value of null counts as absent. */
    @Nullable
    Node find(String key) {
        known.add(key);
        Node node = mapping.entries().get(key);
        return node instanceof Node.Scalar scalar && scalar.value() == null ? null : node;
    }

    @Nullable
    Node require(String key, String what) {
        Node node = find(key);
        if (node == null) {
            refuse(key, "Expected " + what + ", but it is missing. Add " + key + ".");
        }
        return node;
    }

    /** The text of a key; empty if it is absent. */
    String text(String key) {
        Node node = find(key);
        return node == null ? "" : text(key, node, "text");
    }

    String requireText(String key, String what) {
        Node node = require(key, what);
        return node == null ? "" : text(key, node, what);
    }

    private String text(String key, Node node, String what) {
        if (node instanceof Node.Scalar scalar && scalar.value() instanceof String text) {
            if (!text.isBlank()) {
                return text;
            }
            refuse(key, "Expected " + what + ", but it is empty.");
            return "";
        }
        String remedy = node instanceof Node.Scalar ? " Put it in quotes if it is meant as text." : "";
        refuse(key, "Expected " + what + ", but it is " + node.described() + "." + remedy);
        return "";
    }

    /** A name that follows a pattern. */
    String requireName(String key, String what, Pattern pattern) {
        String name = requireText(key, what);
        if (!name.isEmpty() && !pattern.matcher(name).matches()) {
            refuse(
                    key,
                    "Expected " + what + ", " + shape(pattern) + ", but it is " + Wording.quote(name) + ". Rename it.");
        }
        return name;
    }

    static String shape(Pattern pattern) {
        return pattern == NAME
                ? "a letter and then letters, digits, _ or -"
                : "a letter or _ and then letters, digits or _";
    }

    @Nullable
    Duration duration(String key) {
        Node node = find(key);
        if (node == null) {
            return null;
        }
        if (node instanceof Node.Scalar scalar && Long.valueOf(0).equals(scalar.value())) {
            return Duration.ZERO;
        }
        if (node instanceof Node.Scalar scalar && scalar.value() instanceof String text) {
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                refuse(key, e.getMessage() + ".");
                return Duration.ofMillis(1);
            }
        }
        refuse(
                key,
                "Expected a duration with its unit such as 30 s or 2 hours, but it is " + node.described()
                        + ". Add the unit.");
        return Duration.ofMillis(1);
    }

    /** A whole number of 1 or more; null if the key is absent. */
    @Nullable
    Integer count(String key, String what) {
        Node node = find(key);
        if (node == null) {
            return null;
        }
        if (node instanceof Node.Scalar scalar
                && scalar.value() instanceof Long number
                && number >= 1
                && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        refuse(key, "Expected " + what + " from 1 to " + Integer.MAX_VALUE + ", but it is " + node.described() + ".");
        return 1;
    }

    /** A list of names: one as text or several as a list. Empty if the key is absent. */
    List<String> names(String key) {
        Node node = find(key);
        List<String> names = new ArrayList<>();
        if (node == null) {
            return names;
        }
        List<Node> items = node instanceof Node.Sequence sequence ? sequence.items() : List.of(node);
        for (int i = 0; i < items.size(); i++) {
            Node item = items.get(i);
            String at = node instanceof Node.Sequence ? path(key) + "[" + i + "]" : path(key);
            if (!(item instanceof Node.Scalar scalar && scalar.value() instanceof String name)) {
                faults.add(new Fault(item.line(), at, "Expected a name, but it is " + item.described() + "."));
            } else if (names.contains(name)) {
                faults.add(new Fault(
                        item.line(), at, "Expected each name once, but " + Wording.quote(name) + " is repeated."));
            } else {
                names.add(name);
            }
        }
        return names;
    }

    /** The raw values of a list; empty if the key is absent. */
    List<Node> items(String key) {
        Node node = find(key);
        if (node == null || node instanceof Node.Sequence) {
            return node == null ? List.of() : ((Node.Sequence) node).items();
        }
        refuse(
                key,
                "Expected a list, but it is " + node.described() + ". Write [a, b] or one item a line with a dash.");
        return List.of();
    }

    /** The entries of a mapping under a key; empty if it is absent. */
    Map<String, Node> entries(String key) {
        Node node = find(key);
        return node == null ? Map.of() : of(path(key), node, faults).mapping.entries();
    }

    /** Refuse every key that was not asked for. Call it last. */
    void end() {
        for (Map.Entry<String, Node> entry : mapping.entries().entrySet()) {
            if (!known.contains(entry.getKey())) {
                refuse(
                        entry.getKey(),
                        "Expected a known key, but this one is not; " + Wording.suggest(entry.getKey(), known));
            }
        }
    }
}
