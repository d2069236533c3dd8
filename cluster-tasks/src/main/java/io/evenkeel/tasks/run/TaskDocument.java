// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import io.evenkeel.tasks.assign.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads documents of tasks and jobs, with all faults at once. For one thread and one document. */
final class TaskDocument {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Set<String> OF_TASK = Set.of("task", "kind", "run", "labels", "failover", "settings");
    private static final Set<String> OF_JOB = Set.of("job", "key", "attempts", "settings");
    private static final int MOST = 1_000;
    private static final int DEFAULT_ATTEMPTS = 5;

    private final JsonNode document;
    private final FieldCheck fields;

    /** What a task's document says. */
    record OfTask(String name, String kind, Placement placement, boolean failover, JsonNode settings) {}

    /** What a job's document says. */
    record OfJob(String kind, List<String> key, int attempts, JsonNode settings) {}

    private TaskDocument(JsonNode document) {
        this.document = document;
        this.fields = FieldCheck.ofDocument(document);
    }

    /** @throws DefinitionRefusedException with every fault */
    static OfTask task(String name, JsonNode tree, Kinds kinds) {
        TaskDocument reader = new TaskDocument(tree);
        OfTask task = reader.task(kinds);
        if (!task.name().equals(name)) {
            reader.fault(
                    "task",
                    "Expected " + Wording.quote(name) + " as in the path, but it is " + Wording.quote(task.name())
                            + ". Correct one of them.");
        }
        reader.refuse("task " + name);
        return task;
    }

    /** @throws DefinitionRefusedException with every fault */
    static OfJob job(JsonNode tree, Kinds kinds) {
        TaskDocument reader = new TaskDocument(tree);
        OfJob job = reader.job(kinds);
        reader.refuse("job");
        return job;
    }

    private OfTask task(Kinds kinds) {
        known(OF_TASK);
        String name = text("task");
        if (!NAME.matcher(name).matches()) {
            fault(
                    "task",
                    "Expected a name of at most 100 letters, digits, '.', _ or -, but it is " + Wording.quote(name)
                            + ". Rename it.");
        }
        String kind = text("kind");
        Placement placement = placement();
        Map<String, Function<JsonNode, List<Fault>>> checks = new TreeMap<>();
        kinds.tasks().forEach((known, one) -> checks.put(known, one::check));
        kinds.subscriptions().forEach((known, one) -> checks.put(known, one::check));
        settings(checks, "kind", kind);
        return new OfTask(name, kind, placement, truth("failover", true), settings());
    }

    private OfJob job(Kinds kinds) {
        known(OF_JOB);
        String kind = text("job");
        Map<String, Function<JsonNode, List<Fault>>> checks = new TreeMap<>();
        kinds.jobs().forEach((known, one) -> checks.put(known, one::check));
        settings(checks, "job", kind);
        return new OfJob(
                kind, texts(document.path("key"), "key"), number(document, "attempts", DEFAULT_ATTEMPTS), settings());
    }

    /** @param checks of the settings of each kind, by its name */
    private void settings(Map<String, Function<JsonNode, List<Fault>>> checks, String field, String kind) {
        Function<JsonNode, List<Fault>> check = checks.get(kind);
        if (check == null) {
            fault(
                    field,
                    "Expected one of " + checks.keySet() + ", but it is " + Wording.quote(kind) + "; "
                            + Wording.suggest(kind, checks.keySet()));
        } else if (!settings().isObject()) {
            fault("settings", "Expected names and values, but it is " + Wording.quote(settings()) + ".");
        } else {
            fields.faults(check.apply(settings()));
        }
    }

    private JsonNode settings() {
        return document.has("settings") ? document.path("settings") : JsonNodeFactory.instance.objectNode();
    }

    /** {@code cluster}, {@code node}, {@code {total: 4, perNode: 2}} or {@code {key: [LHR]}}. */
    private Placement placement() {
        JsonNode run = document.path("run");
        Set<String> labels = new TreeSet<>(texts(document.path("labels"), "labels"));
        if (run.isMissingNode() || run.asText().equals("cluster")) {
            return Placement.once(labels);
        }
        if (run.asText().equals("node")) {
            return Placement.eachNode(labels);
        }
        if (run.has("key")) {
            if (!labels.isEmpty()) {
                fault("labels", "Expected none, since the owner of the key runs it. Drop them, or run.key.");
            }
            return Placement.byKey(texts(run.path("key"), "run.key"));
        }
        if (run.has("total")) {
            int total = number(run, "total", 1);
            return Placement.total(total, number(run, "perNode", total), labels);
        }
        fault(
                "run",
                "Expected cluster, node, {total: 4, perNode: 2} or {key: [LHR]}, but it is " + Wording.quote(run)
                        + ".");
        return Placement.once(labels);
    }

    private void known(Set<String> names) {
        if (!document.isObject()) {
            fault("", "Expected names and values, but it is something else.");
        }
        fields.known(names);
    }

    private String text(String field) {
        fields.text(field);
        return document.path(field).asText();
    }

    private boolean truth(String field, boolean otherwise) {
        JsonNode value = document.path(field);
        if (!value.isMissingNode() && !value.isBoolean()) {
            fault(field, "Expected true or false, but it is " + Wording.quote(value) + ".");
        }
        return value.asBoolean(otherwise);
    }

    private int number(JsonNode parent, String field, int otherwise) {
        JsonNode value = parent.path(field);
        if (value.isMissingNode()) {
            return otherwise;
        }
        // However many bytes its reader took for it.
        boolean whole = value.isIntegralNumber() && value.canConvertToInt();
        if (!whole || value.intValue() < 1 || value.intValue() > MOST) {
            fault(field, "Expected a number from 1 to " + MOST + ", but it is " + Wording.quote(value) + ".");
            return otherwise;
        }
        return value.intValue();
    }

    private List<String> texts(JsonNode list, String field) {
        List<String> texts = new ArrayList<>();
        if (!list.isMissingNode() && !list.isArray()) {
            fault(field, "Expected a list, but it is " + Wording.quote(list) + ".");
        }
        list.forEach(value -> texts.add(value.asText()));
        return texts;
    }

    private void fault(String field, String message) {
        fields.fault(field, message);
    }

    private void refuse(String what) {
        if (!fields.faults().isEmpty()) {
            throw new DefinitionRefusedException(what, fields.faults());
        }
    }
}
