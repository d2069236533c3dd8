// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.evenkeel.client.TaskClient;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.query.json.ExactJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands for tasks and jobs share. */
@Command(mixinStandardHelpOptions = true)
abstract class TaskActions {
    @Mixin
    private ApiOption nodes = new ApiOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    TaskClient client() {
        return nodes.client().tasks();
    }

    PrintWriter out() {
        return requireNonNull(spec, "spec").commandLine().getOut();
    }

    boolean json() {
        return output.json();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandException("Expected to read " + file + ", but could not: " + e, e);
        }
    }

    static JsonNode tree(Path file) {
        return DocumentReader.tree(file.toString(), text(file));
    }

    /** One thing: all of it. */
    void show(JsonNode one) {
        out().println(json() ? one.toString() : one.toPrettyString());
    }

    void tasks(List<JsonNode> tasks) {
        TextTable table = new TextTable("task", "kind", "slot", "state", "node", "done", "pin", "failure");
        for (JsonNode task : tasks) {
            for (JsonNode slot : task.path("slots")) {
                table.row(
                        task.path("task").asText(),
                        task.path("kind").asText(),
                        slot.path("slot").asText(),
                        slot.path("state").asText(),
                        dash(slot.path("node")),
                        slot.path("done").asLong(),
                        dash(task.path("pin")),
                        dash(slot.path("failure")));
            }
        }
        print(table, tasks);
    }

    void jobs(List<JsonNode> jobs) {
        TextTable table = new TextTable("job", "kind", "state", "node", "attempt", "done", "total", "failure");
        for (JsonNode job : jobs) {
            table.row(
                    job.path("id").asText(),
                    job.path("job").asText(),
                    job.path("state").asText(),
                    dash(job.path("node")),
                    job.path("attempt").asInt(),
                    job.path("done").asLong(),
                    job.path("total").asLong(),
                    dash(job.path("failure")));
        }
        print(table, jobs);
    }

    private void print(TextTable table, List<JsonNode> rows) {
        ArrayNode all = ExactJson.MAPPER.createArrayNode();
        rows.forEach(all::add);
        out().println(json() ? all.toString() : table.toString());
    }

    private static String dash(JsonNode value) {
        return value.isNull() || value.isMissingNode() || value.asText().isEmpty() ? "-" : value.asText();
    }
}
