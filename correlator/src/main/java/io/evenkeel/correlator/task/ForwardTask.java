// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.config.DatabaseSettings;
import io.evenkeel.correlator.http.MatchCursor;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.query.Fault;
import io.evenkeel.tasks.run.FieldCheck;
import io.evenkeel.tasks.run.TaskContext;
import io.evenkeel.tasks.run.TaskKind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards matches to a table of a database, to a queue, or to a web hook. It reads the feed that the nodes keep; the
 * checkpoint is the position in it. A batch is written first, and then the checkpoint: who dies in between has it written
 * again, which changes nothing in a table, nor in a queue whose broker remembers the ids.
 *
 * <p>What has fallen out of the feed before it was read, since the task was paused or its target was away for too long, is
 * missing: the checkpoint counts such gaps.
 */
final class ForwardTask implements TaskKind {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardTask.class);
    private static final String TABLE_NAME = "[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?";
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final MatchHistory matches;
    private final SortedMap<String, DatabaseSettings> databases;
    private final Brokers brokers;

    ForwardTask(MatchHistory matches, SortedMap<String, DatabaseSettings> databases, Brokers brokers) {
        this.matches = matches;
        this.databases = databases;
        this.brokers = brokers;
    }

    @Override
    public String name() {
        return "forward";
    }

    @Override
    public List<Fault> check(JsonNode settings) {
        FieldCheck checked = FieldCheck.ofSettings(
                        settings, "query", "instance", "database", "table", "hook", "queue", "connection")
                .textIfGiven("query")
                .textIfGiven("instance")
                .oneOf("database", "hook", "queue");
        if (settings.has("database")) {
            checked.text("database").text("table");
            String name = settings.path("database").asText();
            if (!databases.containsKey(name)) {
                checked.fault(
                        "database",
                        "Expected one of tasks.databases in the configuration, " + databases.keySet() + ", but it is '"
                                + name + "'. All nodes that may run the task need it.");
            }
            if (!settings.path("table").asText().matches(TABLE_NAME)) {
                checked.fault("table", "Expected a plain name of a table, perhaps with its schema.");
            }
        }
        if (settings.has("queue")) {
            Brokers.checkQueue(checked, settings, "queue");
            brokers.check(checked, settings);
        } else if (settings.has("connection")) {
            checked.fault("connection", "Expected it with queue only.");
        }
        if (settings.has("hook") && !settings.path("hook").asText().matches("https?://[^\\s]+")) {
            checked.fault("hook", "Expected http:// or https://.");
        }
        return checked.faults();
    }

    @Override
    public void run(TaskContext context) throws Exception {
        if (!matches.on()) {
            throw new IllegalStateException("Expected the feed of matches, but cluster.feed is 0 here");
        }
        JsonNode reached = context.checkpoint();
        MatchCursor cursor = MatchCursor.at(
                matches,
                reached == null ? MatchCursor.OLDEST : reached.path("position").asText(MatchCursor.OLDEST));
        try (ForwardTarget target = target(context.settings())) {
            long forwarded = reached == null ? 0 : reached.path("forwarded").asLong();
            long gaps = reached == null ? 0 : reached.path("gaps").asLong();
            boolean past = true;
            while (true) {
                context.requireHere();
                List<MatchCursor.Step> steps;
                try {
                    past = past && cursor.remember();
                    steps = past ? List.of() : cursor.read();
                } catch (CatalogUnavailableException e) {
                    LOG.debug("The feed cannot be read now", e);
                    context.pause(ASK_AGAIN);
                    continue;
                }
                if (cursor.takeGap() && reached != null) {
                    gaps++;
                    LOG.warn(
                            "Task {} has a gap: matches have fallen out of the feed before it read them",
                            context.name());
                }
                forwarded += write(target, steps, context);
                if (!steps.isEmpty()) {
                    reached = JsonNodeFactory.instance
                            .objectNode()
                            .put("position", cursor.token())
                            .put("forwarded", forwarded)
                            .put("gaps", gaps);
                    context.checkpoint(reached, forwarded, 0);
                } else if (!past) {
                    context.pause(LOOK_AGAIN);
                }
            }
        }
    }

    private static int write(ForwardTarget target, List<MatchCursor.Step> steps, TaskContext context) throws Exception {
        JsonNode settings = context.settings();
        List<MatchHistory.Entry> wanted = steps.stream()
                .map(MatchCursor.Step::entry)
                .filter(match ->
                        isWanted(settings, "query", match.query()) && isWanted(settings, "instance", match.instance()))
                .toList();
        if (!wanted.isEmpty()) {
            context.requireHere();
            target.write(wanted);
        }
        return wanted.size();
    }

    private static boolean isWanted(JsonNode settings, String name, String actual) {
        return !settings.has(name) || settings.path(name).asText().equals(actual);
    }

    private ForwardTarget target(JsonNode settings) throws Exception {
        if (settings.has("hook")) {
            return new WebHook(URI.create(settings.path("hook").asText()));
        }
        if (settings.has("queue")) {
            return new MatchQueue(
                    brokers.named(settings), settings.path("queue").asText());
        }
        String name = settings.path("database").asText();
        DatabaseSettings database = databases.get(name);
        if (database == null) {
            throw new IllegalStateException(
                    "Expected database " + name + " in tasks.databases of this node, but it is not there");
        }
        return new MatchTable(database, settings.path("table").asText());
    }
}
