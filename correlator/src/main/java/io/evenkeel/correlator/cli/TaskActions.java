// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.client.TaskClient;
import io.evenkeel.correlator.terminal.TextTable;
import java.util.List;

/** What the commands for tasks and jobs share. */
abstract class TaskActions extends ApiActions {
    TaskClient taskClient() {
        return client().tasks();
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

    private static String dash(JsonNode value) {
        return value.isNull() || value.isMissingNode() || value.asText().isEmpty() ? "-" : value.asText();
    }
}
