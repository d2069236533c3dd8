// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.Wording;
import io.evenkeel.query.document.Document.EventTypeDocument;
import io.evenkeel.query.document.Document.InstanceDocument;
import io.evenkeel.query.document.Document.QueryDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads documents from YAML or JSON text. No state; any thread.
 *
 * <p>A document with {@code event} defines an event type, one with {@code instance} an instance, one with {@code query}
 * and no {@code instance} a query. Several are separated by {@code ---}.
 */
public final class DocumentReader {
    private DocumentReader() {}

    /**
     * Read all documents of a text, in their order.
     *
     * @param name of the text, for the message: a file name or what else tells its author which one
     * @throws DefinitionRefusedException with every fault of every document, if there is any, or if there is no document
     */
    public static List<Document> read(String name, String text) {
        String clean = clean(text);
        List<Fault> faults = new ArrayList<>();
        List<Document> documents = new ArrayList<>();
        List<Node> nodes = NodeReader.read(clean, faults);
        for (Node node : nodes) {
            if (node instanceof Node.Scalar scalar && scalar.value() == null) {
                continue; // nothing but comments between two separators
            }
            Document document = document(node, clean, faults);
            if (document != null) {
                documents.add(document);
            }
        }
        if (faults.isEmpty() && documents.isEmpty()) {
            faults.add(new Fault(0, "", "Expected at least one document, but there is none."));
        }
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(name, faults);
        }
        return documents;
    }

    /**
     * Read the only document of a text.
     *
     * @throws DefinitionRefusedException as {@link #read}, or if there are several
     */
    public static Document readOne(String name, String text) {
        List<Document> documents = read(name, text);
        if (documents.size() > 1) {
            String titles =
                    String.join(", ", documents.stream().map(Document::title).toList());
            throw new DefinitionRefusedException(
                    name, List.of(new Fault(0, "", "Expected one document, but there are " + titles + ".")));
        }
        return documents.get(0);
    }

    /**
     * A text that is not a document itself but has some inside, as a tree, by the rules of documents: what YAML 1.1 takes
     * for a number, such as 007, is text.
     *
     * @throws DefinitionRefusedException if it is neither YAML nor JSON, or not one value
     */
    public static JsonNode tree(String name, String text) {
        List<Fault> faults = new ArrayList<>();
        List<Node> nodes = NodeReader.read(clean(text), faults);
        if (faults.isEmpty() && nodes.size() != 1) {
            faults.add(new Fault(0, "", "Expected one value, but there are " + nodes.size() + "."));
        }
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(name, faults);
        }
        return nodes.get(0).json();
    }

    /** A document that was read, as a tree with the very values that were read. */
    public static JsonNode json(Document document) {
        List<Fault> faults = new ArrayList<>();
        String text = document.source().text();
        // In JSON several may stand in one line, which is then the text of each.
        for (Node node : NodeReader.read(text, faults)) {
            Document again = document(node, text, faults);
            if (again != null && again.title().equals(document.title())) {
                return node.json();
            }
        }
        throw new IllegalStateException("Expected to read " + document.title() + " again, but: " + faults);
    }

    private static String clean(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static @Nullable Document document(Node node, String text, List<Fault> faults) {
        if (!(node instanceof Node.Mapping mapping)) {
            faults.add(new Fault(node.line(), "", "Expected a mapping (key: value), but it is " + node.described()));
            return null;
        }
        Source source = new Source(cut(text, node), node.lines());
        if (mapping.entries().containsKey("event")) {
            EventType type = eventType(Fields.of("", node, faults), faults);
            return type == null ? null : new EventTypeDocument(type, source);
        }
        if (mapping.entries().containsKey("instance")) {
            return instance(Fields.of("", node, faults), source, faults);
        }
        if (mapping.entries().containsKey("query")) {
            QueryDefinition query = QueryReader.read(node, faults);
            return query == null ? null : new QueryDocument(query, source);
        }
        faults.add(new Fault(
                node.line(),
                "",
                "Expected event, query or instance to tell what the document defines," + " but its keys are "
                        + Wording.quote(String.join(", ", mapping.entries().keySet())) + "."));
        return null;
    }

    private static @Nullable EventType eventType(Fields fields, List<Fault> faults) {
        int before = faults.size();
        String name = fields.requireName("event", "the name of the event type", Fields.IDENTIFIER);
        String description = fields.text("description");
        fields.require("fields", "the fields of the event type");
        List<EventType.Field> list = new ArrayList<>();
        List<String> known =
                Arrays.stream(FieldType.values()).map(FieldType::text).toList();
        for (Map.Entry<String, Node> entry : fields.entries("fields").entrySet()) {
            Node node = entry.getValue();
            String path = Node.child("fields", entry.getKey());
            if (!Fields.IDENTIFIER.matcher(entry.getKey()).matches()) {
                faults.add(new Fault(
                        node.line(),
                        path,
                        "Expected the name of a field, "
                                + Fields.shape(Fields.IDENTIFIER) + ", but it is " + Wording.quote(entry.getKey())
                                + ". Rename it."));
            }
            String text = node instanceof Node.Scalar scalar ? String.valueOf(scalar.value()) : "";
            FieldType.find(text)
                    .ifPresentOrElse(
                            type -> list.add(new EventType.Field(entry.getKey(), type)),
                            () -> faults.add(new Fault(
                                    node.line(),
                                    path,
                                    "Expected a type of field, but it is " + node.described() + "; "
                                            + Wording.suggest(text, known))));
        }
        fields.end();
        return faults.size() == before ? new EventType(name, description, list) : null;
    }

    private static @Nullable InstanceDocument instance(Fields fields, Source source, List<Fault> faults) {
        int before = faults.size();
        String query = fields.requireName("query", "the name of the query", Fields.NAME);
        String name = fields.requireName("instance", "the name of the instance", Fields.NAME);
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (Map.Entry<String, Node> entry : fields.entries("parameters").entrySet()) {
            if (entry.getValue() instanceof Node.Scalar scalar) {
                values.put(entry.getKey(), scalar.value());
            } else {
                String path = Node.child("parameters", entry.getKey());
                String message =
                        "Expected a single value, but it is " + entry.getValue().described() + ".";
                faults.add(new Fault(entry.getValue().line(), path, message));
            }
        }
        fields.end();
        return faults.size() == before ? new InstanceDocument(new InstanceId(query, name), values, source) : null;
    }

    /** The lines of one document: from its beginning to the next separator, which stands at the beginning of a line. */
    private static String cut(String text, Node node) {
        List<String> lines = text.lines().toList();
        StringBuilder cut = new StringBuilder();
        for (int i = node.line() - 1; i < lines.size(); i++) {
            if (i >= node.line() && lines.get(i).startsWith("---")) {
                break;
            }
            cut.append(lines.get(i)).append('\n');
        }
        return cut.toString();
    }
}
