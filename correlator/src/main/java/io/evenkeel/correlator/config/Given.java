// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** What the file and the environment say, by path and still as text. Unknown names are noted as faults on the way in. */
final class Given {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final List<String> SECTIONS =
            List.of("jms.connections", "jms.receivers", "jms.senders", "tasks.databases", "tasks.backups");

    /**
     * A value as it was written.
     *
     * @param line     in the file, from 1; 0 if it comes from the environment
     * @param variable of the environment; null if it comes from the file
     */
    record Value(
            List<String> texts,
            boolean list,
            int line,
            @Nullable String variable) {
        String text() {
            return String.join(",", texts);
        }
    }

    private final SortedMap<String, Value> values = new TreeMap<>();
    private final Map<String, SortedSet<String>> names = new TreeMap<>();
    private final List<Fault> faults;

    Given(List<Fault> faults) {
        this.faults = faults;
        SECTIONS.forEach(section -> names.put(section, new TreeSet<>()));
    }

    @Nullable
    Value find(String path) {
        return values.get(path);
    }

    /** The names of a section such as {@code jms.receivers}. */
    SortedSet<String> names(String section) {
        return names.getOrDefault(section, new TreeSet<>());
    }

    void readFile(Node root) {
        if (root instanceof MappingNode mapping) {
            collect("", mapping);
        } else {
            refuse(root, "", "Expected a mapping (key: value), but it is " + describe(root) + ".");
        }
    }

    private void collect(String path, MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            String child = path.isEmpty() ? key : path + "." + key;
            Node node = entry.getValueNode();
            boolean section = names.containsKey(path);
            if (section && !NAME.matcher(key).matches()) {
                refuse(
                        entry.getKeyNode(),
                        child,
                        "Expected a name, a letter and then letters, digits, _ or -, but it is " + Wording.quote(key)
                                + ". Rename it.");
            } else if (ConfigurationKey.find(child).isPresent()) {
                leaf(child, entry.getKeyNode(), node);
            } else if (!section && !ConfigurationKey.children(path).contains(key)) {
                unknown(path, key, entry.getKeyNode());
            } else if (node instanceof MappingNode inner) {
                if (section) {
                    names.computeIfAbsent(path, absent -> new TreeSet<>()).add(key);
                }
                collect(child, inner);
            } else if (node.getTag() != Tag.NULL) {
                refuse(entry.getKeyNode(), child, "Expected a mapping (key: value), but it is " + describe(node) + ".");
            }
        }
    }

    private void unknown(String path, String key, Node at) {
        if (key.equals("password")) {
            refuse(
                    at,
                    path + "." + key,
                    "Expected passwordFile, but there is a password in the file. Put it into a file of"
                            + " its own that only the node can read, and name that.");
            return;
        }
        refuse(
                at,
                path.isEmpty() ? key : path + "." + key,
                "Expected a known key, but this one is not; " + Wording.suggest(key, ConfigurationKey.children(path)));
    }

    private void leaf(String path, Node key, Node node) {
        int line = key.getStartMark().getLine() + 1;
        if (values.containsKey(path)) {
            refuse(
                    key,
                    path,
                    "Expected each key once, but it is in line "
                            + values.get(path).line() + " as well. Drop one.");
        } else if (node instanceof ScalarNode scalar && scalar.getTag() != Tag.NULL) {
            values.put(path, new Value(List.of(scalar.getValue()), false, line, null));
        } else if (node instanceof SequenceNode sequence) {
            List<String> texts = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    texts.add(scalar.getValue());
                } else {
                    refuse(item, path + "[" + texts.size() + "]", "Expected a text, but it is " + describe(item) + ".");
                }
            }
            values.put(path, new Value(texts, true, line, null));
        } else if (node instanceof MappingNode) {
            refuse(key, path, "Expected a value, but it is a mapping.");
        }
    }

    /** The environment goes over the file; a name in it may also be new ({@code EVENKEEL_JMS_CONNECTIONS_MAIN_URL}). */
    void readEnvironment(Map<String, String> environment) {
        for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
            String variable = entry.getKey();
            if (variable.matches(ConfigurationKey.PREFIX + "(NODE|CLUSTER|HISTORY|JMS|CATALOG|TASKS)_.*")) {
                String path = path(variable);
                if (path == null) {
                    List<String> known = Arrays.stream(ConfigurationKey.values())
                            .map(key -> ConfigurationKey.variable(key.path().replace("*", "NAME")))
                            .toList();
                    faults.add(new Fault(
                            0,
                            variable,
                            "Expected a variable of a known key, but this one is not; "
                                    + Wording.suggest(variable, known)));
                } else {
                    boolean list = ConfigurationKey.find(path).orElseThrow().list();
                    List<String> texts =
                            list ? List.of(entry.getValue().split("\\s*,\\s*")) : List.of(entry.getValue());
                    values.put(path, new Value(texts, list, 0, variable));
                }
            }
        }
    }

    private @Nullable String path(String variable) {
        for (ConfigurationKey key : ConfigurationKey.values()) {
            String pattern =
                    ConfigurationKey.variable(key.path().replace("*", "name")).replace("_NAME_", "_(.+)_");
            boolean named = key.path().contains("*");
            Matcher matcher = Pattern.compile(named ? pattern : Pattern.quote(ConfigurationKey.variable(key.path())))
                    .matcher(variable);
            if (matcher.matches()) {
                return named ? key.of(name(key, matcher.group(1))) : key.path();
            }
        }
        return null;
    }

    /** The name in the file that reads so in upper case, else a new one in lower case. */
    private String name(ConfigurationKey key, String upper) {
        SortedSet<String> known = names(key.path().substring(0, key.path().indexOf(".*")));
        String name = known.stream()
                .filter(candidate -> ConfigurationKey.variablePart(candidate).equals(upper))
                .findFirst()
                .orElse(upper.toLowerCase(Locale.ROOT).replace('_', '-'));
        known.add(name);
        return name;
    }

    private void refuse(Node at, String path, String message) {
        faults.add(new Fault(at.getStartMark().getLine() + 1, path, message));
    }

    private static String describe(Node node) {
        if (node instanceof ScalarNode scalar) {
            return Wording.quote(scalar.getValue());
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }
}
