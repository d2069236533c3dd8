// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tasks and jobs of a cluster. For any thread; calls block as those of {@link EvenkeelClient}, and fail as they do. What is
 * returned is as the API describes it: {@code Task} and {@code Job} in {@code /openapi.json}.
 */
public final class TaskClient {
    private static final String TASKS = "/api/v1/tasks";
    private static final String JOBS = "/api/v1/jobs";

    private final NodeCalls calls;

    TaskClient(NodeCalls calls) {
        this.calls = calls;
    }

    /** Create or replace a task. @param document in YAML or JSON */
    public JsonNode put(String name, String document, ChangeOptions options) throws InterruptedException {
        return send(Call.change("PUT", task(name), document, Call.YAML, options));
    }

    /** All tasks, in the order of their names. */
    public List<JsonNode> tasks() throws InterruptedException {
        return list(TASKS);
    }

    /** A task; empty if it does not exist. */
    public Optional<JsonNode> read(String name) throws InterruptedException {
        return find(task(name));
    }

    /** Delete a task. Its node stops it soon after. @throws NotFoundException if it does not exist */
    public void delete(String name, ChangeOptions options) throws InterruptedException {
        EvenkeelClient.await(calls.send(Call.change("DELETE", task(name), null, "", options)));
    }

    /** Let a task stay with a node. */
    public JsonNode pin(String name, String node) throws InterruptedException {
        return order(task(name) + ":pin?node=" + DefinitionId.segment(node));
    }

    /** Let a task go where it belongs. */
    public JsonNode unpin(String name) throws InterruptedException {
        return order(task(name) + ":unpin");
    }

    /** Let nobody run a task; what it has done is kept. */
    public JsonNode pause(String name) throws InterruptedException {
        return order(task(name) + ":pause");
    }

    /** Let a task go on. */
    public JsonNode resume(String name) throws InterruptedException {
        return order(task(name) + ":resume");
    }

    /**
     * Become the reader of a subscription, which is a task of that kind. Who read it before is told so.
     *
     * @throws NotFoundException if there is no such subscription
     * @throws ConflictException if it is paused
     */
    public MatchSubscription subscribe(String name) throws InterruptedException {
        return MatchSubscription.take(calls, task(name));
    }

    /** Submit a job. When it returns, the job will come to an end. @param document in YAML or JSON */
    public JsonNode submit(String document, ChangeOptions options) throws InterruptedException {
        return send(Call.change("POST", JOBS, document, Call.YAML, options));
    }

    /** All jobs of the last week, the newest first. */
    public List<JsonNode> jobs() throws InterruptedException {
        return list(JOBS);
    }

    /** A job; empty if there is none, or it ended more than a week ago. */
    public Optional<JsonNode> readJob(String id) throws InterruptedException {
        return find(job(id));
    }

    /** Let a job end. */
    public JsonNode cancel(String id) throws InterruptedException {
        return order(job(id) + ":cancel");
    }

    /** Let a job that failed or was cancelled go on. @throws ConflictException if it has not, or is done */
    public JsonNode retry(String id) throws InterruptedException {
        return order(job(id) + ":retry");
    }

    /** The result of a job that is done, line by line. @throws ConflictException if it is not done */
    public String result(String id) throws InterruptedException {
        return EvenkeelClient.await(calls.send(Call.read(job(id) + "/result", false)))
                .body();
    }

    /** A repeat changes nothing more, so it goes to every node. */
    private JsonNode order(String path) throws InterruptedException {
        return send(Call.change("POST", path, null, "", ChangeOptions.NONE));
    }

    private JsonNode send(Call call) throws InterruptedException {
        return EvenkeelClient.await(calls.send(call)).json();
    }

    private List<JsonNode> list(String path) throws InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        send(Call.read(path, false)).forEach(all::add);
        return List.copyOf(all);
    }

    private Optional<JsonNode> find(String path) throws InterruptedException {
        try {
            return Optional.of(send(Call.read(path, false)));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    private static String task(String name) {
        return TASKS + "/" + DefinitionId.segment(name);
    }

    private static String job(String id) {
        return JOBS + "/" + DefinitionId.segment(id);
    }
}
