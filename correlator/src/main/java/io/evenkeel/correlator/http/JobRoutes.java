// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.correlator.http.Operation.Parameter;
import io.evenkeel.query.json.ExactJson;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.run.ClusterTasks;
import io.evenkeel.tasks.run.JobView;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** The part of the API that is about jobs. */
final class JobRoutes {
    private static final String JOBS = "/api/v1/jobs";
    private static final String JOB = JOBS + "/{id}";

    private final Supplier<ClusterTasks> tasks;

    JobRoutes(Supplier<ClusterTasks> tasks) {
        this.tasks = tasks;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(JOBS, "listJobs", "All jobs of the last week, the newest first.")
                        .answers(200, Shape.JOBS)
                        .fails(404, 503)
                        .served(this::list),
                Operation.post(
                                JOBS,
                                "submitJob",
                                "Submit a job. When it answers, the job is kept with its copies and will come to an end.")
                        .takes(Parameter.IDEMPOTENCY_KEY)
                        .body(Shape.JOB)
                        .answers(202, Shape.JOB)
                        .fails(404, 503)
                        .served(this::submit),
                Operation.get(JOB, "readJob", "How a job stands, on any node.")
                        .answers(200, Shape.JOB)
                        .fails(404, 503)
                        .served(context -> write(context, find(context))),
                Operation.get(JOB + "/result", "readResult", "The result of a job that is done, on any node.")
                        .answers(200, Shape.RESULT)
                        .fails(404, 409, 503)
                        .served(this::result),
                Operation.post(JOB + ":cancel", "cancelJob", "Let it end. A repeat changes nothing.")
                        .answers(200, Shape.JOB)
                        .fails(404, 503)
                        .served(context -> write(context, tasks.get().cancel(id(context)))),
                Operation.post(
                                JOB + ":retry",
                                "retryJob",
                                "Let a job that failed or was cancelled go on at its last checkpoint.")
                        .answers(200, Shape.JOB)
                        .fails(404, 409, 503)
                        .served(context -> write(context, tasks.get().retry(id(context)))));
    }

    private static String id(Context context) {
        return context.pathParam("id");
    }

    private JobView find(Context context) {
        return tasks.get()
                .findJob(id(context))
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Expected job " + id(context)
                                + " to exist, but it does not, or it ended more than a week ago."));
    }

    private void list(Context context) {
        ArrayNode all = ExactJson.MAPPER.createArrayNode();
        tasks.get().jobs().forEach(view -> all.add(json(view)));
        context.contentType("application/json").result(all.toString());
    }

    /** The same key gives the same id on every node. */
    private void submit(Context context) {
        String key = context.header(ChangeHeaders.IDEMPOTENCY_KEY);
        String id = key == null
                ? UUID.randomUUID().toString().replace("-", "")
                : ChangeHeaders.hash(key.getBytes(StandardCharsets.UTF_8), new byte[0]);
        JobView view = tasks.get().submit(id, DocumentBody.tree(context, "job"));
        context.status(202);
        write(context, view);
    }

    private void result(Context context) {
        // At most what the grid keeps of a result; and a piece that is missing is told by the status.
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        tasks.get().readResult(id(context), all::writeBytes);
        context.contentType("application/x-ndjson").result(all.toByteArray());
    }

    private static void write(Context context, JobView view) {
        context.contentType("application/json").result(json(view).toString());
    }

    private static ObjectNode json(JobView view) {
        ObjectNode json = ExactJson.MAPPER
                .createObjectNode()
                .put("id", view.job().id())
                .put("job", view.job().kind());
        json.set("settings", view.job().settings());
        ArrayNode key = json.putArray("key");
        view.job().key().forEach(key::add);
        json.put("attempts", view.job().attempts()).put("state", view.state().name());
        Run run = view.run();
        if (run == null) {
            json.putNull("node")
                    .put("attempt", 0)
                    .put("done", 0)
                    .put("total", 0)
                    .putNull("failure");
        } else {
            json.put("node", run.node());
            describe(json, run);
        }
        return json;
    }

    /** How far a run has come. */
    static void describe(ObjectNode json, Run run) {
        json.put("attempt", run.attempt())
                .put("failures", run.failures())
                .put("fence", run.fence())
                .put("done", run.done())
                .put("total", run.total())
                .put("failure", run.failure())
                .set("checkpoint", run.checkpoint());
    }
}
