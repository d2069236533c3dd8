// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.client.Change;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.DefinitionId;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.query.json.ExactJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Instances of queries. */
@Command(
        name = "instance",
        description = "Put, get, list and delete instances of queries; list what they threw, and decide about it.",
        mixinStandardHelpOptions = true,
        subcommands = {
            InstanceCommand.Put.class,
            InstanceCommand.Get.class,
            InstanceCommand.All.class,
            InstanceCommand.Delete.class,
            InstanceCommand.Errors.class,
            InstanceCommand.Retry.class,
            InstanceCommand.Skip.class
        })
final class InstanceCommand implements Callable<Integer> {
    private static final ObjectReader VALUE =
            ExactJson.MAPPER.readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final JsonMapper JSON = ExactJson.MAPPER;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.usage(requireNonNull(spec, "spec"));
    }

    @Command(
            name = "put",
            description = "Create or replace an instance: QUERY INSTANCE --set name=value, or from files.")
    static final class Put extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY", index = "0", arity = "0..1")
        private @Nullable String query;

        @Parameters(paramLabel = "INSTANCE", index = "1", arity = "0..1")
        private @Nullable String instance;

        @Option(
                names = "--set",
                paramLabel = "NAME=VALUE",
                description = "A parameter; the others have their defaults.")
        private Map<String, String> values = new LinkedHashMap<>();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "YAML or JSON, instead of the names. Several documents are one change: all or none.")
        private List<Path> files = new ArrayList<>();

        @Override
        public Integer call() throws Exception {
            if (!files.isEmpty()) {
                put(files);
            } else if (query != null && instance != null) {
                put(List.of(DocumentReader.readOne(query + "/" + instance, json(query, instance))), ChangeOptions.NONE);
            } else {
                throw new WrongUseException("Expected QUERY and INSTANCE, or --file. See --help.");
            }
            return 0;
        }

        /** All of them in one change. */
        private void put(List<Path> from) throws InterruptedException {
            List<Document> documents = read(from);
            if (documents.size() == 1) {
                put(documents, ChangeOptions.NONE);
                return;
            }
            Change change = new ChangeOfMany(documents).put(client());
            TextTable table = new TextTable("definition", "revision", "etag");
            change.etags().forEach(etag -> table.row(etag.definition(), change.revision(), etag.etag()));
            print(table, change);
        }

        private String json(String ofQuery, String name) {
            ObjectNode json = JSON.createObjectNode().put("query", ofQuery).put("instance", name);
            ObjectNode parameters = json.putObject("parameters");
            values.forEach((key, value) -> parameters.set(key, scalar(value)));
            return json.toString();
        }

        /** What reads as a JSON number or boolean is one; everything else is text. */
        private static JsonNode scalar(String value) {
            try {
                JsonNode node = VALUE.readTree(value);
                return node.isNumber() || node.isBoolean()
                        ? node
                        : JSON.getNodeFactory().textNode(value);
            } catch (JsonProcessingException e) {
                return JSON.getNodeFactory().textNode(value);
            }
        }
    }

    @Command(name = "get", description = "Show an instance.")
    static final class Get extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY")
        private String query = "";

        @Parameters(paramLabel = "INSTANCE")
        private String instance = "";

        @Override
        public Integer call() throws Exception {
            get(DefinitionId.instance(query, instance));
            return 0;
        }
    }

    @Command(name = "list", description = "List the instances of a query.")
    static final class All extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY")
        private String query = "";

        @Override
        public Integer call() throws Exception {
            list(client().instances(query), "instance");
            return 0;
        }
    }

    @Command(name = "delete", description = "Delete an instance.")
    static final class Delete extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY")
        private String query = "";

        @Parameters(paramLabel = "INSTANCE")
        private String instance = "";

        @Override
        public Integer call() throws Exception {
            delete(DefinitionId.instance(query, instance), false);
            return 0;
        }
    }

    @Command(name = "errors", description = "List what an instance threw, and for which keys it is quarantined.")
    static final class Errors extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY")
        private String query = "";

        @Parameters(paramLabel = "INSTANCE")
        private String instance = "";

        @Override
        public Integer call() throws Exception {
            JsonNode troubles = JSON.valueToTree(client().errors(query, instance));
            print(json() ? troubles.toPrettyString() : table(troubles));
            return 0;
        }
    }

    @Command(name = "retry", description = "Show an instance the events again that it threw at.")
    static final class Retry extends Decision {
        @Override
        public Integer call() throws Exception {
            return order(true);
        }
    }

    @Command(name = "skip", description = "Leave those events out for good, and end the quarantine.")
    static final class Skip extends Decision {
        @Override
        public Integer call() throws Exception {
            return order(false);
        }
    }

    /** What is decided about the errors of an instance. */
    abstract static class Decision extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY")
        private String query = "";

        @Parameters(paramLabel = "INSTANCE")
        private String instance = "";

        @Option(names = "--key", paramLabel = "KEY", description = "Only for this key; else for all.")
        private @Nullable String key;

        int order(boolean again) throws InterruptedException {
            JsonNode concerned = JSON.valueToTree(
                    again ? client().retryErrors(query, instance, key) : client().skipErrors(query, instance, key));
            print(json() ? concerned.toPrettyString() : table(concerned));
            return 0;
        }
    }

    private static String table(JsonNode troubles) {
        TextTable table = new TextTable("shard", "key", "errors", "quarantined", "latest");
        for (JsonNode trouble : troubles) {
            JsonNode latest = trouble.path("latest").path(trouble.path("latest").size() - 1);
            table.row(
                    trouble.path("shard").asInt(),
                    trouble.path("key").asText(),
                    trouble.path("errors").asInt(),
                    trouble.path("quarantined").asBoolean() ? "yes" : "no",
                    latest.path("exception").asText() + ": "
                            + latest.path("message").asText() + " at "
                            + latest.path("event").asText());
        }
        return table.toString();
    }
}
