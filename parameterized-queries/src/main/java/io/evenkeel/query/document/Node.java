// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.Wording;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Text of a document as a tree that knows its lines, from 1. The line of an entry of a mapping is that of its key. */
sealed interface Node {

    int line();

    /** What it is, for messages. */
    String described();

    /** @param value Boolean, Long, BigInteger, BigDecimal, String or null */
    record Scalar(int line, @Nullable Object value, int textLine) implements Node {
        @Override
        public String described() {
            return Wording.quote(value);
        }

        private JsonNode jsonValue() {
            JsonNodeFactory nodes = JsonNodeFactory.instance;
            if (value instanceof Boolean flag) {
                return nodes.booleanNode(flag);
            }
            if (value instanceof Long number) {
                return nodes.numberNode(number);
            }
            if (value instanceof BigInteger number) {
                return nodes.numberNode(number);
            }
            if (value instanceof BigDecimal number) {
                return DecimalNode.valueOf(number);
            }
            return value == null ? nodes.nullNode() : nodes.textNode(value.toString());
        }
    }

    record Sequence(int line, List<Node> items) implements Node {
        @Override
        public String described() {
            return "a list";
        }
    }

    /** @param entries in the order of the document */
    record Mapping(int line, Map<String, Node> entries) implements Node {
        @Override
        public String described() {
            return "a mapping";
        }
    }

    /** The line of each field by its path. */
    default Map<String, Integer> lines() {
        Map<String, Integer> lines = new HashMap<>();
        collect("", lines);
        return lines;
    }

    private void collect(String path, Map<String, Integer> lines) {
        lines.put(path, line());
        if (this instanceof Mapping mapping) {
            mapping.entries().forEach((key, node) -> node.collect(child(path, key), lines));
        } else if (this instanceof Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                sequence.items().get(i).collect(path + "[" + i + "]", lines);
            }
        }
    }

    /** The same as JSON: read again it gives the same values, to the last digit. */
    default JsonNode json() {
        if (this instanceof Mapping mapping) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            mapping.entries().forEach((key, node) -> object.set(key, node.json()));
            return object;
        }
        if (this instanceof Sequence sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            sequence.items().forEach(item -> array.add(item.json()));
            return array;
        }
        return ((Scalar) this).jsonValue();
    }

    static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
