// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.tasks.assign.Assignable;
import io.evenkeel.tasks.assign.Assignment;
import io.evenkeel.tasks.assign.NodeState;
import io.evenkeel.tasks.assign.NodeView;
import io.evenkeel.tasks.assign.Placement;
import io.evenkeel.tasks.assign.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Tasks and jobs of a cluster, by the HTTP API of whichever node answers. For one thread. */
public final class Tasks {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Cluster cluster;

    public Tasks(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Put a task. */
    public void put(String name, String yaml) {
        require(any().change("PUT", "/api/v1/tasks/" + name, yaml), "task " + name);
    }

    /** Pin, unpin, pause, resume. @param order such as {@code pin?node=node-1} */
    public void order(String name, String order) {
        require(any().change("POST", "/api/v1/tasks/" + name + ":" + order, ""), order);
    }

    /** Submit a job under a key. @return its id */
    public String submit(String key, String yaml) {
        // The node that is asked may die of the job before it answers: the same key again is the same job.
        NodeApi.Answer answer = new Await(() -> {})
                .value(
                        "an answer to a job",
                        LIMIT,
                        () -> "nobody answered",
                        () -> any().send("POST", "/api/v1/jobs", yaml, "Idempotency-Key", key)
                                .filter(one -> one.status() != 503));
        require(answer, "job");
        return answer.json().path("id").asText();
    }

    /** Retry or cancel a job. */
    public NodeApi.Answer jobOrder(String id, String order) {
        return any().change("POST", "/api/v1/jobs/" + id + ":" + order, "");
    }

    /** A job as a node tells it; empty if none does. */
    public Optional<JsonNode> job(String id) {
        return get("/api/v1/jobs/" + id);
    }

    /** Wait for a job to be so. */
    public JsonNode awaitJob(String id, String what, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        cluster.await("job " + id + " to be " + what, LIMIT, () -> {
            job(id).ifPresent(job -> last[0] = job);
            return last[0] != null && condition.test(last[0]);
        });
        return last[0];
    }

    /** Wait for a job's state. */
    public JsonNode awaitJob(String id, String state) {
        return awaitJob(id, state, job -> job.path("state").asText().equals(state));
    }

    /** The result of a job, as a node has it. */
    public String result(NodeProcess node, String id) {
        NodeApi.Answer answer = node.api()
                .get("/api/v1/jobs/" + id + "/result")
                .orElseThrow(() -> new AssertionError("Expected the result of " + id + ", but nobody answered"));
        require(answer, "result of " + id);
        return answer.body();
    }

    /** The first slot of a task; empty if nobody tells. */
    public Optional<JsonNode> slot(String name) {
        return get("/api/v1/tasks/" + name).map(task -> task.path("slots").path(0));
    }

    /** All slots of a task; none if nobody tells. */
    public List<JsonNode> slots(String name) {
        List<JsonNode> slots = new ArrayList<>();
        get("/api/v1/tasks/" + name).ifPresent(task -> task.path("slots").forEach(slots::add));
        return slots;
    }

    /** Wait for the first slot of a task to be so. */
    public JsonNode awaitSlot(String name, String what, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        cluster.await("task " + name + " to be " + what + ", is " + slot(name), LIMIT, () -> {
            slot(name).ifPresent(slot -> last[0] = slot);
            return last[0] != null && condition.test(last[0]);
        });
        return last[0];
    }

    /** Where a task, or a job by its id, runs when all nodes have been there for a while: one that may run anywhere. */
    public NodeProcess home(String name) {
        Topology topology = Topology.of(
                2,
                cluster.nodes().stream()
                        .map(node -> new NodeView(node.name(), NodeState.MEMBER))
                        .toList());
        Assignable anywhere = Assignable.of(name, Placement.once(Set.of()));
        return cluster.nodes().stream()
                .filter(node -> Assignment.of(anywhere, topology).get("0").isOn(node.name()))
                .findFirst()
                .orElseThrow();
    }

    /** Wait until a node runs a task, and name it. */
    public NodeProcess awaitRunner(String name) {
        return cluster.node(awaitSlot(
                        name,
                        "RUNNING",
                        slot -> slot.path("state").asText().equals("RUNNING")
                                && cluster.node(slot.path("node").asText()).isAlive())
                .path("node")
                .asText());
    }

    private Optional<JsonNode> get(String path) {
        return cluster.nodes().stream()
                .filter(NodeProcess::isAlive)
                .filter(node -> !node.frozen())
                .flatMap(node -> node.api().get(path).stream())
                .filter(answer -> answer.status() == 200)
                .map(NodeApi.Answer::json)
                .findFirst();
    }

    private NodeApi any() {
        return cluster.nodes().stream()
                .filter(NodeProcess::isAlive)
                .filter(node -> !node.frozen())
                .findFirst()
                .orElseThrow()
                .api();
    }

    private static void require(NodeApi.Answer answer, String what) {
        if (answer.status() / 100 != 2) {
            throw new AssertionError(
                    "Expected " + what + " to be taken, but: " + answer.status() + " " + answer.body());
        }
    }
}
