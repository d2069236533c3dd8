// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.querytest.QueryTrial;
import io.evenkeel.querytest.TrialEvent;
import io.evenkeel.querytest.TrialMatch;
import io.evenkeel.tasks.run.FieldCheck;
import io.evenkeel.tasks.run.JobContext;
import io.evenkeel.tasks.run.JobKind;
import io.evenkeel.tasks.run.StoppedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs definitions over events of the past, without anything of it being seen by the cluster's own queries, and writes the
 * matches. The events come with the job, are the retained history of a query, or what a queue holds. It has no checkpoint:
 * whoever takes it over begins again, and comes to the same, unless the queue has changed.
 */
final class BacktestJob implements JobKind {
    private static final int AT_A_TIME = 500;

    /** About what an event takes while it is tried, with what is kept of it in windows; and the part of the heap for a job. */
    private static final long HEAP_OF_EVENT = 1_000;

    private static final int JOBS_PART = 4;

    private final QueryHistory history;
    private final Brokers brokers;
    private final long most;

    BacktestJob(QueryHistory history, Brokers brokers) {
        this(history, brokers, Runtime.getRuntime().maxMemory() / JOBS_PART / HEAP_OF_EVENT);
    }

    /** @param most events of the history that fit into the memory of a node */
    BacktestJob(QueryHistory history, Brokers brokers, long most) {
        this.history = history;
        this.brokers = brokers;
        this.most = most;
    }

    @Override
    public String name() {
        return "backtest";
    }

    @Override
    public List<Fault> check(JsonNode settings) {
        FieldCheck checked = FieldCheck.ofSettings(
                        settings, "definitions", "events", "history", "rejected", "connection")
                .text("definitions")
                .oneOf("events", "history", "rejected")
                .textIfGiven("history");
        if (settings.has("events") && !settings.path("events").isTextual()) {
            checked.fault("events", "Expected lines of JSON as one text.");
        }
        if (settings.has("rejected")) {
            Brokers.checkQueue(checked, settings, "rejected");
            brokers.check(checked, settings);
        } else if (settings.has("connection")) {
            checked.fault("connection", "Expected it with rejected only.");
        }
        return checked.faults();
    }

    @Override
    public void run(JobContext context) throws Exception {
        try (QueryTrial trial =
                QueryTrial.parse(context.settings().path("definitions").asText())) {
            if (context.settings().has("history")) {
                List<TrialEvent> past = read(context.settings().path("history").asText());
                publish(trial, past, (part, from) -> part.forEach(trial::publish), context);
            } else if (context.settings().has("rejected")) {
                look(trial, context);
            } else {
                List<String> lines =
                        context.settings().path("events").asText().lines().toList();
                publish(trial, lines, (part, from) -> publishLines(trial, part, from), context);
            }
        } catch (DefinitionRefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void look(QueryTrial trial, JobContext context) throws Exception {
        JsonNode settings = context.settings();
        try (QueuedEvents events = new QueuedEvents(
                brokers.named(settings), settings.path("rejected").asText(), trial)) {
            int told = 0;
            while (events.publish(AT_A_TIME)) {
                told = tell(trial, told, context);
                context.progress(events.read(), 0);
            }
            trial.finish();
            tell(trial, told, context);
            context.result(events.summary());
        }
    }

    private List<TrialEvent> read(String query) {
        List<TrialEvent> events = new ArrayList<>();
        for (int shard = 0; shard < history.shards(); shard++) {
            events.addAll(history.read(query, shard));
            if (events.size() > most) {
                // Out of memory a node ends, and the job would end the next one.
                throw new IllegalArgumentException("Expected the history of " + query + " to have at most " + most
                        + " events, which fit into a quarter of this node's heap, but it has more. Export it and run"
                        + " `query check --events` on it, or give the nodes more heap (EVENKEEL_HEAP).");
            }
        }
        // Within a shard the order of the log is the order of arrival; sorting keeps it.
        events.sort(Comparator.comparingLong(TrialEvent::atMs));
        return events;
    }

    /** A part of what is published, and how many came before it. */
    private interface Publishing<T> {
        void publish(List<T> part, int from);
    }

    private static <T> void publish(QueryTrial trial, List<T> events, Publishing<T> to, JobContext context)
            throws Exception {
        int told = 0;
        for (int from = 0; from < events.size(); from += AT_A_TIME) {
            List<T> part = events.subList(from, Math.min(events.size(), from + AT_A_TIME));
            to.publish(part, from);
            told = tell(trial, told, context);
            context.progress(from + part.size(), events.size());
        }
        trial.finish();
        tell(trial, told, context);
    }

    /** Blank lines before them, so that faults and ids name the lines as they were given. */
    private static void publishLines(QueryTrial trial, List<String> part, int from) {
        trial.publishLines("events", "\n".repeat(from) + String.join("\n", part) + "\n");
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
