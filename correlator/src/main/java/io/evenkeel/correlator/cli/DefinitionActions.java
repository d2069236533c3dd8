// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.NodeApi;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.Document.EventTypeDocument;
import io.evenkeel.query.document.Document.InstanceDocument;
import io.evenkeel.query.document.Document.QueryDocument;
import io.evenkeel.query.document.DocumentReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands for event types, queries and instances share. */
@Command(mixinStandardHelpOptions = true)
abstract class DefinitionActions {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ApiOption nodes = new ApiOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    NodeApi api() {
        return nodes.api();
    }

    void print(String text) {
        requireNonNull(spec, "spec").commandLine().getOut().println(text);
    }

    boolean json() {
        return output.json();
    }

    static String eventPath(String type) {
        return "/api/v1/events/" + NodeApi.segment(type);
    }

    static String queryPath(String query) {
        return "/api/v1/queries/" + NodeApi.segment(query);
    }

    static String instancePath(String query, String instance) {
        return queryPath(query) + "/instances/" + NodeApi.segment(instance);
    }

    /** Event types first, then queries, then instances: what is put refers to what is there. */
    static List<Document> read(List<Path> files) {
        List<Document> documents = new ArrayList<>();
        for (Path file : files) {
            try {
                documents.addAll(DocumentReader.read(file.toString(), Files.readString(file)));
            } catch (NoSuchFileException e) {
                throw new CommandException("Expected a file, but there is no " + file + ".", e);
            } catch (MalformedInputException e) {
                throw new CommandException("Expected UTF-8, but " + file + " is something else.", e);
            } catch (IOException e) {
                throw new CommandException("Expected to read " + file + ", but could not: " + e, e);
            }
        }
        documents.sort(Comparator.comparing(document -> document.fold(event -> 0, query -> 1, instance -> 2)));
        return documents;
    }

    /** The text with the line numbers of its file, so that faults found by the node name those. */
    static String text(Document document) {
        return "\n".repeat(Math.max(0, document.source().line("") - 1))
                + document.source().text();
    }

    void put(List<Document> documents, Map<String, String> headers) throws InterruptedException {
        TextTable table = new TextTable("definition", "outcome", "etag");
        ArrayNode rows = JSON.createArrayNode();
        for (Document document : documents) {
            String path = document.fold(
                    (EventTypeDocument event) -> eventPath(event.eventType().name()),
                    (QueryDocument query) -> queryPath(query.query().name()),
                    (InstanceDocument instance) ->
                            instancePath(instance.id().query(), instance.id().name()));
            NodeApi.Answer answer = api().put(path, text(document), headers);
            String outcome = answer.status() == 201 ? "created" : "in force";
            table.row(document.title(), outcome, answer.etag());
            rows.addObject()
                    .put("definition", document.title())
                    .put("outcome", outcome)
                    .put("etag", answer.etag());
        }
        print(output.json() ? rows.toString() : table.toString());
    }

    void list(String path, String nameField) throws InterruptedException {
        JsonNode rows = api().get(path).json();
        TextTable table = new TextTable(nameField, "version", "revision", "description");
        for (JsonNode row : rows) {
            JsonNode definition = row.path("definition");
            String about = definition.has("description")
                    ? definition.path("description").asText()
                    : definition.path("parameters").toString();
            table.row(
                    definition.path(nameField).asText(),
                    row.path("version").asInt(),
                    row.path("revision").asLong(),
                    about);
        }
        print(output.json() ? rows.toString() : table.toString());
    }

    void get(String path) throws InterruptedException {
        NodeApi.Answer answer = api().get(path);
        print(output.json() ? answer.body() : answer.json().toPrettyString());
    }

    void delete(String path, String title) throws InterruptedException {
        api().delete(path, Map.of());
        print(output.json() ? JSON.createObjectNode().put("deleted", title).toString() : "deleted " + title);
    }
}
