// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.querytest.QueryTrial;
import io.evenkeel.querytest.TrialEvent;
import io.evenkeel.querytest.TrialMatch;
import io.evenkeel.tasks.run.JobContext;
import io.evenkeel.tasks.run.JobKind;
import io.evenkeel.tasks.run.StoppedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs definitions over events of the past, without anything of it being seen by the cluster's own queries, and writes the
 * matches. The events come with the job, or are the retained history of a query. It has no checkpoint: whoever takes it
 * over begins again, and comes to the same.
 */
final class BacktestJob implements JobKind {
    private static final int AT_A_TIME = 500;

    private final QueryHistory history;

    BacktestJob(QueryHistory history) {
        this.history = history;
    }

    @Override
    public String name() {
        return "backtest";
    }

    @Override
    public List<Fault> check(JsonNode settings) {
        Settings checked = Settings.of(settings, "definitions", "events", "history")
                .text("definitions")
                .oneOf("events", "history")
                .textIfGiven("history");
        if (settings.has("events") && !settings.path("events").isTextual()) {
            checked.fault("events", "Expected lines of JSON as one text.");
        }
        return checked.faults();
    }

    @Override
    public void run(JobContext context) throws Exception {
        try (QueryTrial trial =
                QueryTrial.parse(context.settings().path("definitions").asText())) {
            if (context.settings().has("history")) {
                publish(trial, read(context.settings().path("history").asText()), context);
            } else {
                publish(
                        trial,
                        context.settings().path("events").asText().lines().toList(),
                        context);
            }
        } catch (DefinitionRefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private List<TrialEvent> read(String query) {
        List<TrialEvent> events = new ArrayList<>();
        for (int shard = 0; shard < history.shards(); shard++) {
            events.addAll(history.read(query, shard));
        }
        // Within a shard the order of the log is the order of arrival; sorting keeps it.
        events.sort(Comparator.comparingLong(TrialEvent::atMs));
        return events;
    }

    private static <T> void publish(QueryTrial trial, List<T> events, JobContext context) throws Exception {
        int told = 0;
        for (int from = 0; from < events.size(); from += AT_A_TIME) {
            List<T> part = events.subList(from, Math.min(events.size(), from + AT_A_TIME));
            publishPart(trial, part, from);
            told = tell(trial, told, context);
            context.progress(from + part.size(), events.size());
        }
        trial.finish();
        tell(trial, told, context);
    }

    private static <T> void publishPart(QueryTrial trial, List<T> part, int from) {
        StringBuilder lines = new StringBuilder();
        for (T one : part) {
            if (one instanceof TrialEvent event) {
                trial.publish(event);
            } else {
                lines.append(one).append('\n');
            }
        }
        if (!lines.isEmpty()) {
            // Blank lines before them, so that faults and ids name the lines as they were given.
            trial.publishLines("events", "\n".repeat(from) + lines);
        }
    }

    private static int tell(QueryTrial trial, int told, JobContext context)
            throws StoppedException, InterruptedException {
        List<TrialMatch> matches = trial.matches();
        for (TrialMatch match : matches.subList(told, matches.size())) {
            context.result(match.toJson());
        }
        return matches.size();
    }
}
