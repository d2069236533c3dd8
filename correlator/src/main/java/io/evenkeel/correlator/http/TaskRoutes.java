// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.correlator.http.Operation.Parameter;
import io.evenkeel.query.json.ExactJson;
import io.evenkeel.tasks.assign.Placement;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.TaskRecord;
import io.evenkeel.tasks.run.ClusterTasks;
import io.evenkeel.tasks.run.TaskView;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The part of the API that is about tasks. */
final class TaskRoutes {
    private static final String TASKS = "/api/v1/tasks";
    private static final String TASK = TASKS + "/{name}";

    private final Supplier<ClusterTasks> tasks;

    TaskRoutes(Supplier<ClusterTasks> tasks) {
        this.tasks = tasks;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(TASKS, "listTasks", "All tasks, and how they stand as this node sees it.")
                        .answers(200, Shape.TASKS)
                        .fails(404, 503)
                        .served(this::list),
                Operation.get(TASK, "readTask", "One task; its ETag changes when what is wanted changes.")
                        .answers(200, Shape.TASK)
                        .fails(404, 503)
                        .served(this::read),
                Operation.put(TASK, "putTask", "Create or replace. What it has done so far is kept.")
                        .takes(Parameter.IF_MATCH, Parameter.IF_NONE_MATCH, Parameter.IDEMPOTENCY_KEY)
                        .body(Shape.TASK)
                        .answers(200, Shape.TASK)
                        .answers(201, Shape.TASK)
                        .fails(404, 412, 503)
                        .served(this::put),
                Operation.delete(TASK, "deleteTask", "Delete. Its node stops it soon after the answer.")
                        .takes(Parameter.IF_MATCH)
                        .answers(204, Shape.NOTHING)
                        .fails(404, 412, 503)
                        .served(this::delete),
                order("pin", "pinTask", "Let it stay with a node; see node.")
                        .takes(Parameter.NODE)
                        .fails(400)
                        .served(context -> answer(context, tasks.get().pin(name(context), node(context)))),
                order("unpin", "unpinTask", "Let it go where it belongs.")
                        .served(context -> answer(context, tasks.get().unpin(name(context)))),
                order("pause", "pauseTask", "Let nobody run it; what it has done is kept.")
                        .served(context -> answer(context, tasks.get().pause(name(context)))),
                order("resume", "resumeTask", "Let it go on.")
                        .served(context -> answer(context, tasks.get().resume(name(context)))));
    }

    private static Operation order(String verb, String id, String summary) {
        return Operation.post(TASK + ":" + verb, id, summary + " A repeat changes nothing.")
                .answers(200, Shape.TASK)
                .fails(404, 409, 503);
    }

    private static String name(Context context) {
        return context.pathParam("name");
    }

    private static String node(Context context) {
        String node = context.queryParam("node");
        if (node == null || node.isBlank()) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST, "Expected the name of a node in ?node=, but there is none.");
        }
        return node;
    }

    private void list(Context context) {
        ArrayNode all = ExactJson.MAPPER.createArrayNode();
        tasks.get().tasks().forEach(view -> all.add(json(view)));
        context.contentType("application/json").result(all.toString());
    }

    private void read(Context context) {
        TaskView view = tasks.get()
                .findTask(name(context))
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.NOT_FOUND, "Expected task " + name(context) + " to exist, but it does not."));
        write(context, view);
    }

    private void put(Context context) {
        String key = context.header(ChangeHeaders.IDEMPOTENCY_KEY);
        boolean created = tasks.get()
                .put(
                        name(context),
                        DocumentBody.tree(context, "task " + name(context)),
                        before -> require(context, before),
                        key == null ? UUID.randomUUID().toString() : key);
        context.status(created ? 201 : 200);
        read(context);
    }

    private void delete(Context context) {
        tasks.get().delete(name(context), before -> require(context, before));
        context.status(204);
    }

    private static void require(Context context, @Nullable TaskRecord before) {
        Precondition.of(context).require("task " + name(context), before == null ? null : before.etag());
    }

    private void answer(Context context, TaskRecord changed) {
        write(context, tasks.get().findTask(changed.name()).orElse(new TaskView(changed, List.of())));
    }

    private static void write(Context context, TaskView view) {
        context.header(Header.ETAG, view.task().etag());
        context.contentType("application/json").result(json(view).toString());
    }

    private static ObjectNode json(TaskView view) {
        TaskRecord task = view.task();
        ObjectNode json =
                ExactJson.MAPPER.createObjectNode().put("task", task.name()).put("kind", task.kind());
        Placement placement = task.placement();
        switch (placement.shape()) {
            case ONCE -> json.put("run", "cluster");
            case EACH_NODE -> json.put("run", "node");
            case TOTAL -> json.putObject("run").put("total", placement.total()).put("perNode", placement.perNode());
            case BY_KEY -> json.putObject("run").putPOJO("key", placement.key());
        }
        ArrayNode labels = json.putArray("labels");
        placement.labels().forEach(labels::add);
        json.put("failover", task.failover());
        json.set("settings", task.settings());
        json.put("pin", task.pin()).put("paused", task.paused()).put("etag", task.etag());
        ArrayNode slots = json.putArray("slots");
        for (TaskView.Slot slot : view.slots()) {
            ObjectNode one = slots.addObject()
                    .put("slot", slot.slot())
                    .put("state", slot.state().name())
                    .put("node", slot.node())
                    .put("reason", slot.reason());
            Run run = slot.run();
            if (run != null) {
                JobRoutes.describe(one, run);
            }
        }
        return json;
    }
}
