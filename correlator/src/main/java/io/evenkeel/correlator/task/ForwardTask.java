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
 * again, which changes nothing in a table, nor in a queue whose broker remembers the ids. What a web hook has taken before
 * it fails is in the checkpoint.
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
                for (int from = 0; from < steps.size(); ) {
                    List<MatchCursor.Step> part = steps.subList(from, endOf(steps, from, target, context.settings()));
                    List<MatchCursor.Step> wanted = wanted(part, context.settings());
                    try {
                        write(target, wanted, context);
                    } catch (PartlyTakenException e) {
                        // Those before the one that failed are not to come again.
                        forwarded += e.taken();
                        String token = wanted.get(e.taken() - 1).token();
                        context.checkpoint(reached(token, forwarded, gaps), forwarded, 0);
                        throw e.failure();
                    }
                    from += part.size();
                    forwarded += wanted.size();
                    String token = from == steps.size()
                            ? cursor.token()
                            : part.get(part.size() - 1).token();
                    reached = reached(token, forwarded, gaps);
                    context.checkpoint(reached, forwarded, 0);
                }
                if (steps.isEmpty() && !past) {
                    context.pause(LOOK_AGAIN);
                }
            }
        }
    }

    private static JsonNode reached(String position, long forwarded, long gaps) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("position", position)
                .put("forwarded", forwarded)
                .put("gaps", gaps);
    }

    /** Behind as many of those that are wanted as the target takes before a checkpoint. */
    private static int endOf(List<MatchCursor.Step> steps, int from, ForwardTarget target, JsonNode settings) {
        int wanted = 0;
        int end = from;
        while (end < steps.size() && wanted < target.mostAtOnce()) {
            wanted += isWanted(settings, steps.get(end)) ? 1 : 0;
            end++;
        }
        return end;
    }

    private static List<MatchCursor.Step> wanted(List<MatchCursor.Step> steps, JsonNode settings) {
        return steps.stream().filter(step -> isWanted(settings, step)).toList();
    }

    private static void write(ForwardTarget target, List<MatchCursor.Step> wanted, TaskContext context)
            throws Exception {
        if (!wanted.isEmpty()) {
            context.requireHere();
            target.write(wanted.stream().map(MatchCursor.Step::entry).toList());
        }
    }

    private static boolean isWanted(JsonNode settings, MatchCursor.Step step) {
        MatchHistory.Entry match = step.entry();
        return isWanted(settings, "query", match.query()) && isWanted(settings, "instance", match.instance());
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
