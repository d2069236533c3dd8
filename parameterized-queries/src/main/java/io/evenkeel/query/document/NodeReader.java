// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads YAML or JSON into {@linkplain Node trees}, one for each document of the text.
 *
 * <p>Plain scalars mean what they mean in JSON; everything else is a string. YAML 1.1 would turn the country code
 * {@code NO} into false and {@code 12:30} into 750.
 */
final class NodeReader {
    private static final int LONGEST_TEXT = 1_000_000;
    private static final int DEEPEST = 20;
    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build();
    private static final JsonFactory JSON =
            JsonFactory.builder().streamReadConstraints(LIMITS).build();
    private static final YAMLFactory YAML =
            YAMLFactory.builder().streamReadConstraints(LIMITS).build();

    private static final Pattern JSON_OBJECT = Pattern.compile("\\s*\\{\\s*[\"}]");
    private static final Pattern NUMBER =
            Pattern.compile("-?(?:0|[1-9]\\d{0,400})(\\.\\d{1,400})?([eE][-+]?\\d{1,3})?");

    private final int[] codePoints;
    private final JsonParser parser;
    private final List<Fault> faults;

    private NodeReader(String text, JsonParser parser, List<Fault> faults) {
        this.codePoints = text.codePoints().toArray();
        this.parser = parser;
        this.faults = faults;
    }

    /** Read all documents; of text with an error of syntax, those before it. */
    static List<Node> read(String text, List<Fault> faults) {
        List<Node> documents = new ArrayList<>();
        if (text.length() > LONGEST_TEXT) {
            faults.add(new Fault(
                    0,
                    "",
                    "Expected at most " + LONGEST_TEXT + " characters, but there are " + text.length()
                            + ". Split the file."));
            return documents;
        }
        boolean json = JSON_OBJECT.matcher(text).lookingAt();
        try (JsonParser parser = (json ? JSON : YAML).createParser(text)) {
            NodeReader reader = new NodeReader(text, parser, faults);
            while (parser.nextToken() != null) {
                documents.add(reader.node(""));
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNr());
            // SnakeYAML indents where it found a problem, with a piece of the text; the line is known already.
            String problem = e.getOriginalMessage()
                    .lines()
                    .filter(part -> !part.startsWith(" "))
                    .collect(Collectors.joining(": "));
            faults.add(new Fault(line, "", "Expected " + (json ? "JSON" : "YAML") + ", but it is not: " + problem));
        } catch (IOException e) {
            throw new IllegalStateException("Expected to read from memory, but that failed", e);
        }
        return documents;
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private Node node(String path) throws IOException {
        int line = line();
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            faults.add(new Fault(
                    line,
                    path,
                    "Expected a value, but it is the alias " + Wording.quote(parser.getText())
                            + ". Write the value out."));
            return new Node.Scalar(line, "", line);
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(path, line);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(path + "[" + items.size() + "]"));
            }
            return new Node.Sequence(line, items);
        }
        return scalar(line);
    }

    private Node mapping(String path, int line) throws IOException {
        Map<String, Node> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line();
            String child = Node.child(path, key);
            parser.nextToken();
            Node value = node(child);
            if (entries.containsKey(key)) {
                int first = entries.get(key).line();
                faults.add(new Fault(
                        keyLine, child, "Expected each key once, but it is in line " + first + " as well. Drop one."));
            } else {
                entries.put(key, at(keyLine, value));
            }
        }
        return new Node.Mapping(line, entries);
    }

    private static Node at(int line, Node node) {
        if (node instanceof Node.Mapping mapping) {
            return new Node.Mapping(line, mapping.entries());
        }
        if (node instanceof Node.Sequence sequence) {
            return new Node.Sequence(line, sequence.items());
        }
        Node.Scalar scalar = (Node.Scalar) node;
        return new Node.Scalar(line, scalar.value(), scalar.textLine());
    }

    private Node scalar(int line) throws IOException {
        JsonToken token = parser.currentToken();
        if (!(parser instanceof YAMLParser)) {
            return new Node.Scalar(
                    line, token == JsonToken.VALUE_STRING ? parser.getText() : plain(parser.getText()), line);
        }
        long offset = parser.currentTokenLocation().getCharOffset();
        int first = offset >= 0 && offset < codePoints.length ? codePoints[(int) offset] : ' ';
        String text = token == JsonToken.VALUE_NULL ? null : parser.getText();
        boolean block = first == '|' || first == '>';
        if (text == null || block || first == '"' || first == '\'' || first == '!') {
            return new Node.Scalar(line, text, block ? line + 1 : line);
        }
        return new Node.Scalar(line, plain(text), line);
    }

    private static @Nullable Object plain(String text) {
        switch (text) {
            case "", "~", "null", "Null", "NULL":
                return null;
            case "true", "True", "TRUE":
                return true;
            case "false", "False", "FALSE":
                return false;
            default:
                return number(text);
        }
    }

    private static Object number(String text) {
        var number = NUMBER.matcher(text);
        if (!number.matches()) {
            return text;
        }
        if (number.group(1) != null || number.group(2) != null) {
            return new BigDecimal(text);
        }
        BigInteger integer = new BigInteger(text);
        return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
    }
}
