// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.Definition;
import io.evenkeel.client.DefinitionId;
import io.evenkeel.client.Done;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.ListedDefinition;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.query.json.ExactJson;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands for event types, queries and instances share. */
@Command(mixinStandardHelpOptions = true)
abstract class DefinitionActions {
    private static final JsonMapper JSON = ExactJson.MAPPER;

    @Mixin
    private ApiOption nodes = new ApiOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    EvenkeelClient client() {
        return nodes.client();
    }

    void print(String text) {
        requireNonNull(spec, "spec").commandLine().getOut().println(text);
    }

    boolean json() {
        return output.json();
    }

    /** A table for people, the same as JSON for programs. */
    void print(TextTable table, Object json) {
        print(output.json() ? JSON.valueToTree(json).toString() : table.toString());
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

    static DefinitionId id(Document document) {
        return document.fold(
                event -> DefinitionId.event(event.eventType().name()),
                query -> DefinitionId.query(query.query().name()),
                instance -> DefinitionId.instance(
                        instance.id().query(), instance.id().name()));
    }

    /** One after the other. */
    void put(List<Document> documents, ChangeOptions options) throws InterruptedException {
        TextTable table = new TextTable("definition", "outcome", "etag");
        ArrayNode rows = JSON.createArrayNode();
        // One for all: it has connections, threads, and knows which node answered last.
        EvenkeelClient client = client();
        for (Document document : documents) {
            Done done = client.put(id(document), text(document), options);
            String outcome = done.created() ? "created" : "in force";
            table.row(document.title(), outcome, done.etag());
            rows.addObject()
                    .put("definition", document.title())
                    .put("outcome", outcome)
                    .put("etag", done.etag());
        }
        print(table, rows);
    }

    void list(List<ListedDefinition> definitions, String nameField) {
        TextTable table = new TextTable(nameField, "version", "revision", "description");
        ArrayNode rows = JSON.createArrayNode();
        for (ListedDefinition listed : definitions) {
            JsonNode definition = listed.definition().document();
            String about = definition.has("description")
                    ? definition.path("description").asText()
                    : definition.path("parameters").toString();
            table.row(definition.path(nameField).asText(), listed.version(), listed.revision(), about);
            rows.addObject()
                    .put("version", listed.version())
                    .put("revision", listed.revision())
                    .put("etag", listed.definition().etag())
                    .set("definition", definition);
        }
        print(table, rows);
    }

    void get(DefinitionId id) throws InterruptedException {
        Definition definition = client().read(id)
                .orElseThrow(() -> new CommandException("Expected " + id + " to exist, but it does not."));
        print(
                output.json()
                        ? definition.document().toString()
                        : definition.document().toPrettyString());
    }

    void delete(DefinitionId id) throws InterruptedException {
        client().delete(id);
        print(
                output.json()
                        ? JSON.createObjectNode().put("deleted", id.toString()).toString()
                        : "deleted " + id);
    }
}
