// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.json.ExactJson;
import io.evenkeel.tasks.record.JobRecord;
import io.evenkeel.tasks.record.RecordCodec;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TasksUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Nodes in one process: real runners, stepped by the test, on a store in memory and a clock that the test moves. */
@DisplayName("The nodes of a cluster")
class TaskRunnerTest {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final MemoryTaskStore store = new MemoryTaskStore();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Members.NodeRef> grid = new ArrayList<>();
    private final Counting counting = new Counting();
    private final AtomicBoolean copied = new AtomicBoolean(true);

    /** Counts as far as it is allowed to, with a checkpoint and a line for each. */
    private static final class Counting implements JobKind {
        private final Semaphore allowed = new Semaphore(0);

        @Override
        public String name() {
            return "count";
        }

        @Override
        public List<Fault> check(JsonNode settings) {
            return settings.has("to") ? List.of() : List.of(new Fault(0, "settings.to", "Expected a number."));
        }

        @Override
        public void run(JobContext context) throws Exception {
            int to = context.settings().path("to").asInt();
            JsonNode reached = context.checkpoint();
            for (int i = reached == null ? 0 : reached.path("next").asInt(); i < to; i++) {
                allowed.acquire();
                context.requireHere();
                context.result("line " + i);
                context.checkpoint(JsonNodeFactory.instance.objectNode().put("next", i + 1), i + 1, to);
            }
        }
    }

    private static final class Reading implements SubscriptionKind {
        @Override
        public String name() {
            return "read";
        }

        @Override
        public List<Fault> check(JsonNode settings) {
            return List.of();
        }
    }

    /** A node. */
    private final class Node {
        private final TaskRunner runner;
        private final ClusterTasks tasks;
        private final Members.NodeRef ref;
        private final MemoryDisk disk = new MemoryDisk();

        Node(String name) {
            ref = new Members.NodeRef(name + "-" + nanos.get(), name);
            grid.add(ref);
            Members members = new Members() {
                @Override
                public NodeRef self() {
                    return ref;
                }

                @Override
                public List<NodeRef> all() {
                    return List.copyOf(grid);
                }

                @Override
                public List<String> shardOwners() {
                    return List.of();
                }
            };
            Kinds kinds = Kinds.of(List.of(), List.of(new Reading()), List.of(counting));
            RunnerSettings settings = RunnerSettings.of(2, Set.of(), Duration.ofMinutes(15));
            runner = new TaskRunner(store, members, kinds, disk, settings, Clock.systemUTC(), nanos::get, step -> {});
            tasks = new ClusterTasks(store, kinds, runner, Clock.systemUTC(), copied::get, step -> {});
        }
    }

    private static final class MemoryDisk implements TaskDisk {
        private final Map<String, Stored> values = new TreeMap<>();

        @Override
        public Map<String, Stored> read() {
            return values;
        }

        @Override
        public void store(Map<String, Stored> now) {
            values.clear();
            values.putAll(now);
        }
    }

    @Test
    @DisplayName("J3 J8 another one goes on at the checkpoint of one that is gone, whose late writes nobody sees")
    void shouldGoOnAtTheCheckpoint() {
        Map<String, Node> nodes = threeNodes();
        nodes.get("a").tasks.submit("job-1", document(4));
        steps(nodes);
        counting.allowed.release(2);
        await("two of four", () -> done("job-1") == 2);
        Node first = nodes.get(run("job-1").run().node());

        // The grid removes it; it is frozen in the midst of the third.
        grid.remove(first.ref);
        nodes.remove(first.ref.name());
        steps(nodes);
        JobView taken = run("job-1");
        assertThat(taken.run().node()).isNotEqualTo(first.ref.name());
        assertThat(taken.run().fence()).isEqualTo(2);
        assertThat(taken.run().attempt()).isEqualTo(2);

        // Both go on now: the woken one too, which is told that it is sure, to make it harder.
        counting.allowed.release(10);
        await("all four", () -> run("job-1").state() == JobView.State.DONE);
        JobView ended = run("job-1");
        assertThat(ended.run().node()).isEqualTo(taken.run().node());
        assertThat(result(nodes.values().iterator().next())).isEqualTo("line 0\nline 1\nline 2\nline 3\n");
    }

    @Test
    @DisplayName("T4 T5 the one that finds itself alone stops by itself, and releases what it had when it is back")
    void shouldStopInMinority() {
        Map<String, Node> nodes = threeNodes();
        nodes.get("a").tasks.submit("job-1", document(1));
        steps(nodes);
        await("it to run", () -> run("job-1").state() == JobView.State.RUNNING);
        Node first = nodes.get(run("job-1").run().node());
        List<Members.NodeRef> all = List.copyOf(grid);
        grid.removeIf(ref -> ref != first.ref);
        first.runner.step();
        counting.allowed.release(1);
        grid.clear();
        grid.addAll(all);
        await("it to be done after it was released and taken again", () -> {
            counting.allowed.release(1);
            steps(nodes);
            return run("job-1").state() == JobView.State.DONE;
        });
        assertThat(run("job-1").run().fence()).isEqualTo(2);
    }

    @Test
    @DisplayName("J5 after the end of all, whoever comes first brings what it had on its disk, and the newer one wins")
    void shouldBringBackFromDisks() {
        Map<String, Node> nodes = threeNodes();
        nodes.get("a").tasks.submit("job-1", document(3));
        steps(nodes);
        Map<String, Stored> early = Map.copyOf(nodes.get("a").disk.values);
        counting.allowed.release(1);
        await("one of three", () -> done("job-1") == 1);
        steps(nodes);
        Map<String, Stored> late = Map.copyOf(nodes.get("b").disk.values);

        MemoryTaskStore empty = new MemoryTaskStore();
        early.forEach(empty::offer);
        late.forEach(empty::offer);
        early.forEach(empty::offer);
        assertThat(empty.all("")).containsExactlyInAnyOrderEntriesOf(late);
        assertThat(late).containsKeys("job/job-1", "run/job/job-1").doesNotContainKey("node/a");
    }

    @Test
    @DisplayName("J5 when more died than there are backups, whoever lives brings back what it knew, newest value first")
    void shouldBringBackWhatTheClusterLost() {
        Map<String, Node> nodes = threeNodes();
        nodes.get("a").tasks.submit("job-1", document(3));
        steps(nodes);
        counting.allowed.release(2);
        await("two of three", () -> done("job-1") == 2);
        Map<String, Stored> early = Map.copyOf(nodes.get("b").disk.values);
        steps(nodes);

        store.lose(key -> !key.startsWith("node/"));
        early.forEach(store::offer);
        steps(nodes);
        assertThat(done("job-1")).as("not begun anew").isEqualTo(2);
        await("the third", () -> {
            counting.allowed.release(1);
            steps(nodes);
            return run("job-1").state() == JobView.State.DONE;
        });
        assertThat(result(nodes.get("a"))).isEqualTo("line 0\nline 1\nline 2\n");
    }

    @Test
    @DisplayName("J5 what was forgotten on purpose is not brought back")
    void shouldNotBringBackWhatWasForgotten() throws IOException {
        Map<String, Node> nodes = threeNodes();
        nodes.get("a").tasks.submit("job-1", document(1));
        counting.allowed.release(1);
        await("it to be done", () -> {
            steps(nodes);
            return run("job-1").state() == JobView.State.DONE;
        });
        MemoryDisk disk = new MemoryDisk();
        disk.store(store.all(""));
        disk.values.keySet().removeIf(key -> key.startsWith("node/"));
        KeptOnDisk kept = new KeptOnDisk(new MemoryTaskStore(), disk);
        assertThat(kept.bringBack(Map.of(), Long.MAX_VALUE))
                .as("ended long ago")
                .isFalse();
        assertThat(kept.bringBack(Map.of(), 0)).as("ended just now").isTrue();
    }

    @Test
    @DisplayName("J3 a run goes on elsewhere when the node that is said to run it lives, and does not")
    void shouldNotWaitForOneThatDoesNotRunIt() {
        Map<String, Node> nodes = threeNodes();
        nodes.get("a").tasks.submit("job-1", document(1));
        steps(nodes);
        await("it to run", () -> run("job-1").state() == JobView.State.RUNNING);
        Run present = run("job-1").run();
        Node other = nodes.values().stream()
                .filter(node -> !node.ref.name().equals(present.node()))
                .findFirst()
                .orElseThrow();

        // As a write would leave it whose writer was stopped before it heard of its outcome.
        Run late = present.takenBy(other.ref.name(), other.ref.id(), present.changedMs());
        store.offer(Run.keyOfJob("job-1"), new Stored(Stored.stampOf(late.fence()), RecordCodec.encode(late)));
        await("it to be done by the node that is responsible", () -> {
            counting.allowed.release(1);
            steps(nodes);
            return run("job-1").state() == JobView.State.DONE;
        });
        assertThat(run("job-1").run().node()).isEqualTo(present.node());
    }

    @Test
    @DisplayName(
            "a subscription is its last reader's, on any node; what that acknowledged, the next one goes on behind")
    void shouldHaveOneReader() {
        Map<String, Node> nodes = threeNodes();
        Node a = nodes.get("a");
        Subscriptions onB = nodes.get("b").tasks.subscriptions();
        ObjectNode task =
                ExactJson.MAPPER.createObjectNode().put("task", "mine").put("kind", "read");
        a.tasks.put("mine", task, before -> {}, "one");
        steps(nodes);
        assertThat(slot(a).state()).isEqualTo(TaskView.State.PENDING);

        Subscriptions.Taken first = a.tasks.subscriptions().take("mine");
        assertThat(first.position()).isEmpty();
        onB.acknowledge("mine", first.fence(), "17-abc");
        Subscriptions.Taken second = onB.take("mine");
        steps(nodes);
        assertThat(second.position()).contains("17-abc");
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(slot(a).state()).isEqualTo(TaskView.State.RUNNING);
        Subscriptions onA = a.tasks.subscriptions();
        assertThatThrownBy(() -> onA.acknowledge("mine", first.fence(), "99-abc"))
                .isInstanceOf(TaskConflictException.class)
                .hasMessageContaining("another one has taken it");
        assertThat(onA.require("mine", second.fence()).position()).contains("17-abc");

        a.tasks.pause("mine");
        assertThatThrownBy(() -> onB.require("mine", second.fence())).hasMessageContaining("paused");
        assertThatThrownBy(() -> onB.take("mine")).hasMessageContaining("Resume it");
        a.tasks.resume("mine");
        a.tasks.delete("mine", before -> {});
        assertThatThrownBy(() -> onB.take("mine"))
                .isInstanceOfSatisfying(
                        TaskConflictException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(TaskConflictException.Kind.MISSING));
        a.tasks.put("mine", task, before -> {}, "two");
        assertThat(onB.take("mine").position()).as("another one of that name").isEmpty();
    }

    private static TaskView.Slot slot(Node node) {
        return node.tasks.findTask("mine").orElseThrow().slots().get(0);
    }

    @Test
    @DisplayName("J1 while copies are missing nobody is told that a job is kept, not even that it was sent before")
    void shouldNotAnswerWithoutCopies() {
        Map<String, Node> nodes = threeNodes();
        ClusterTasks tasks = nodes.get("a").tasks;
        copied.set(false);
        assertThatThrownBy(() -> tasks.submit("job-1", document(1))).isInstanceOf(TasksUnavailableException.class);
        assertThat(tasks.jobs()).isEmpty();
        copied.set(true);
        JobView submitted = tasks.submit("job-1", document(1));
        copied.set(false);
        assertThatThrownBy(() -> tasks.submit("job-1", document(1))).isInstanceOf(TasksUnavailableException.class);
        copied.set(true);
        assertThat(tasks.submit("job-1", document(1)).job()).isEqualTo(submitted.job());
    }

    @Test
    @DisplayName("a document with faults is refused with all of them, and nothing is kept")
    void shouldRefuse() {
        Map<String, Node> nodes = threeNodes();
        ObjectNode wrong = ExactJson.MAPPER
                .createObjectNode()
                .put("job", "count")
                .put("attempts", 0)
                .put("x", 1);
        assertThatThrownBy(() -> nodes.get("a").tasks.submit("job-1", wrong))
                .isInstanceOfSatisfying(
                        DefinitionRefusedException.class,
                        refused -> assertThat(refused.faults())
                                .extracting(Fault::field)
                                .containsExactlyInAnyOrder("attempts", "x", "settings.to"));
        assertThat(nodes.get("a").tasks.jobs()).isEmpty();
    }

    private Map<String, Node> threeNodes() {
        Map<String, Node> nodes = new TreeMap<>();
        for (String name : List.of("a", "b", "c")) {
            nodes.put(name, new Node(name));
        }
        steps(nodes);
        steps(nodes);
        return nodes;
    }

    private static void steps(Map<String, Node> nodes) {
        nodes.values().forEach(node -> node.runner.step());
    }

    private static JsonNode document(int to) {
        ObjectNode job = ExactJson.MAPPER.createObjectNode().put("job", "count");
        job.putObject("settings").put("to", to);
        return job;
    }

    private JobView run(String id) {
        return JobView.of(
                RecordCodec.decode(store.read(JobRecord.keyOf(id)).orElseThrow().bytes(), JobRecord.class),
                store.read(Run.keyOfJob(id))
                        .map(stored -> RecordCodec.decode(stored.bytes(), Run.class))
                        .orElse(null));
    }

    private long done(String id) {
        JobView view = run(id);
        return view.run() == null ? 0 : view.run().done();
    }

    private static String result(Node node) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        node.tasks.readResult("job-1", all::writeBytes);
        return all.toString(StandardCharsets.UTF_8);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time for " + what).isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
