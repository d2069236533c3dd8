// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.Durations;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.tasks.run.FieldCheck;
import io.evenkeel.tasks.run.StoppedException;
import io.evenkeel.tasks.run.TaskContext;
import io.evenkeel.tasks.run.TaskKind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes catalog and history to a folder, again and again. The checkpoint is the last backup: the next one is due so long
 * after it, whichever node makes it. A node that dies with a backup half made leaves nothing that looks like one.
 */
final class BackupTask implements TaskKind {
    private static final Logger LOG = LoggerFactory.getLogger(BackupTask.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final int KEPT = 7;
    private static final int MOST_KEPT = 1_000;

    private final Supplier<CatalogSnapshot> catalog;
    private final QueryHistory history;
    private final WholeLog log;
    private final SortedMap<String, Path> folders;
    private final Clock clock;

    /** @param folders by the name that tasks call them by */
    BackupTask(
            Supplier<CatalogSnapshot> catalog,
            QueryHistory history,
            WholeLog log,
            SortedMap<String, Path> folders,
            Clock clock) {
        this.catalog = catalog;
        this.history = history;
        this.log = log;
        this.folders = folders;
        this.clock = clock;
    }

    /** The queries as they were at one revision, definitions and plans. */
    private record Present(CatalogSnapshot catalog, QueryPlans plans) {}

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public List<Fault> check(JsonNode settings) {
        FieldCheck checked = FieldCheck.ofSettings(settings, "to", "every", "keep", "queries")
                .text("to")
                .text("every");
        String to = settings.path("to").asText();
        if (settings.path("to").isTextual() && !to.isBlank() && !folders.containsKey(to)) {
            checked.fault(
                    "to",
                    "Expected one of tasks.backups in the configuration, " + folders.keySet() + ", but it is "
                            + Wording.quote(to) + ". All nodes that may run the task need it.");
        }
        if (settings.path("every").isTextual()) {
            checkEvery(settings.path("every").asText(), checked);
        }
        JsonNode keep = settings.path("keep");
        if (settings.has("keep") && !(keep.isIntegralNumber() && keep.canConvertToInt() && isKept(keep.intValue()))) {
            checked.fault(
                    "keep",
                    "Expected a whole number from 1 to " + MOST_KEPT + ", but it is " + Wording.quote(keep) + ".");
        }
        if (settings.has("queries") && !isTexts(settings.path("queries"))) {
            checked.fault("queries", "Expected a list of names of queries. Leave it out for all.");
        }
        return checked.faults();
    }

    private static boolean isKept(int number) {
        return number >= 1 && number <= MOST_KEPT;
    }

    private static void checkEvery(String text, FieldCheck checked) {
        try {
            Duration every = Durations.parse(text);
            if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
                checked.fault(
                        "every",
                        "Expected a duration from " + Durations.format(SHORTEST) + " to " + Durations.format(LONGEST)
                                + ", but it is " + Durations.format(every) + ".");
            }
        } catch (IllegalArgumentException e) {
            checked.fault("every", e.getMessage() + ".");
        }
    }

    private static boolean isTexts(JsonNode list) {
        boolean texts = list.isArray() && !list.isEmpty();
        for (JsonNode item : list) {
            texts &= item.isTextual();
        }
        return texts;
    }

    @Override
    public void run(TaskContext context) throws Exception {
        JsonNode settings = context.settings();
        Duration every = Durations.parse(settings.path("every").asText());
        int keep = settings.path("keep").asInt(KEPT);
        Path configured = folders.get(settings.path("to").asText());
        if (configured == null) {
            throw new IllegalStateException("Expected folder "
                    + settings.path("to").asText() + " in tasks.backups of this node, but it is not there");
        }
        // Of its own for each task: one does not take another's backups for too many.
        Path folder = configured.resolve(context.name());
        JsonNode reached = context.checkpoint();
        while (true) {
            context.pause(untilDue(reached, every));
            context.requireHere();
            try {
                BackupFolder backups = BackupFolder.open(folder);
                backups.removeLeftovers();
                long nowMs = clock.millis();
                String made = write(backups, nowMs, context);
                long count = reached == null ? 1 : reached.path("count").asLong() + 1;
                reached = JsonNodeFactory.instance
                        .objectNode()
                        .put("last", made)
                        .put("lastMs", nowMs)
                        .put("count", count)
                        .put("folder", folder.toString());
                context.checkpoint(reached, count, 0);
                LOG.info("Task {} made backup {} in {}", context.name(), made, folder);
                context.requireHere();
                backups.keepNewest(keep, made);
            } catch (IOException e) {
                throw new IOException(
                        "Expected to keep backups in " + folder + ", but " + reasonOf(e) + ". It is tried again.", e);
            }
        }
    }

    private static String reasonOf(IOException e) {
        return e instanceof AccessDeniedException
                ? "this node has no permission for " + e.getMessage()
                : "could not: " + e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /** After a backup of a node whose clock was ahead, not longer than after any other. */
    private Duration untilDue(@Nullable JsonNode reached, Duration every) {
        if (reached == null) {
            return Duration.ZERO;
        }
        long leftMs = reached.path("lastMs").asLong() + every.toMillis() - clock.millis();
        return Duration.ofMillis(Math.max(0, Math.min(leftMs, every.toMillis())));
    }

    /** Returns the name of a backup that is whole and on the disk. */
    private String write(BackupFolder backups, long nowMs, TaskContext context)
            throws IOException, StoppedException, InterruptedException {
        Present present = present(context);
        List<String> queries = queries(present.catalog(), context.settings());
        try (Backup backup = backups.begin(nowMs)) {
            backup.writeCatalog(present.catalog());
            backup.beginHistory(queries);
            for (int shard = 0; shard < present.plans().shards(); shard++) {
                context.requireHere();
                backup.appendHistory(history.read(present.plans(), queries, shard));
            }
            if (!context.settings().has("queries")) {
                writeLog(backup, present.plans().shards(), context);
            }
            context.requireHere();
            return backup.finish(present.catalog().revision(), nowMs);
        }
    }

    private void writeLog(Backup backup, int shards, TaskContext context)
            throws IOException, StoppedException, InterruptedException {
        for (int shard = 0; shard < shards; shard++) {
            context.requireHere();
            Optional<byte[]> image = log.images().apply(shard);
            if (image.isPresent()) {
                backup.writeLog(shard, image.get());
            }
        }
        backup.logWritten(log.cluster(), shards, log.sessions().get());
    }

    /** The plans of the catalog that is written: a query of the one is a query of the other. */
    private Present present(TaskContext context) throws StoppedException, InterruptedException {
        while (true) {
            Present present = new Present(catalog.get(), history.plans());
            if (present.catalog().revision() == present.plans().revision()) {
                return present;
            }
            context.pause(LOOK_AGAIN);
        }
    }

    private static List<String> queries(CatalogSnapshot catalog, JsonNode settings) {
        List<String> queries = new ArrayList<>();
        if (settings.has("queries")) {
            settings.path("queries").forEach(query -> queries.add(query.asText()));
        } else {
            queries.addAll(catalog.queries().keySet());
        }
        return queries;
    }
}
