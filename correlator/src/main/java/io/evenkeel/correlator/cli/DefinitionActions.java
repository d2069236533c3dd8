// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the commands for event types, queries and instances share. */
abstract class DefinitionActions extends ApiActions {
    /** Event types first, then queries, then instances: what is put refers to what is there. */
    static List<Document> read(List<Path> files) {
        List<Document> documents = new ArrayList<>();
        for (Path file : files) {
            documents.addAll(DocumentReader.read(file.toString(), InputFiles.read(file)));
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
        ArrayNode rows = ExactJson.MAPPER.createArrayNode();
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
        ArrayNode rows = ExactJson.MAPPER.createArrayNode();
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
        show(definition.document());
    }

    /** @param cascade with all that uses it */
    void delete(DefinitionId id, boolean cascade) throws InterruptedException {
        client().delete(id, cascade ? ChangeOptions.cascading() : ChangeOptions.NONE);
        print(
                json()
                        ? ExactJson.MAPPER
                                .createObjectNode()
                                .put("deleted", id.toString())
                                .toString()
                        : "deleted " + id);
    }
}
