// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.evenkeel.query.Fault;
import io.evenkeel.querytest.TrialEvent;
import io.evenkeel.tasks.run.FieldCheck;
import io.evenkeel.tasks.run.JobContext;
import io.evenkeel.tasks.run.JobKind;
import java.util.List;

/**
 * Writes the retained history of a query as lines of JSON, which {@code query check --events} and a backtest read. Shard by
 * shard, each as it is when it is read; the checkpoint is the next shard.
 */
final class ExportJob implements JobKind {
    private final QueryHistory history;

    ExportJob(QueryHistory history) {
        this.history = history;
    }

    @Override
    public String name() {
        return "export";
    }

    @Override
    public List<Fault> check(JsonNode settings) {
        return FieldCheck.ofSettings(settings, "query").text("query").faults();
    }

    @Override
    public void run(JobContext context) throws Exception {
        String query = context.settings().path("query").asText();
        JsonNode reached = context.checkpoint();
        int shards = history.shards();
        for (int shard = reached == null ? 0 : reached.path("shard").asInt(); shard < shards; shard++) {
            for (TrialEvent event : history.read(query, shard)) {
                context.result(event.toJson());
            }
            context.checkpoint(JsonNodeFactory.instance.objectNode().put("shard", shard + 1), shard + 1, shards);
        }
    }
}
