// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.runtime.plan.KeyHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A running cluster as its publisher, its consumer and its operator see it, wherever its nodes run: load, waits, and the
 * verdict over every match. For one thread.
 *
 * @param <N> what a node runs in
 */
public abstract class ObservedCluster<N extends ClusterNode> implements AutoCloseable {
    /** Wide: a shared machine was seen to stand still for a minute while a cluster started. */
    private static final Duration START_LIMIT = Duration.ofMinutes(4);

    private static final Duration HEAL_LIMIT = Duration.ofMinutes(2);
    /** What a dead receiver left open is settled once its successor has read 2000 messages; two queues. */
    private static final int MOST_UNCONFIRMED = 4_000;

    /** Where the brokers of all tests put what they give up. */
    private static final String DEAD_LETTERS = "evenkeel.dead";

    private final ClusterPlan plan;
    private final Seed seed;
    private final List<N> nodes = new ArrayList<>();
    private final SortedMap<String, MatchReader> readers = new TreeMap<>();
    private final List<Publishing> loads = new ArrayList<>();
    private final Await await = new Await(this::raiseAlarm);
    private final List<String> announcedErrors = new ArrayList<>();
    private final List<Supplier<List<String>>> otherLogs = new ArrayList<>();

    ObservedCluster(ClusterPlan plan, Seed seed) {
        this.plan = plan;
        this.seed = seed;
    }

    /** Once, by whoever starts the cluster: nodes in the order of their names. */
    final void observe(List<N> started) {
        nodes.addAll(started);
    }

    /** Once, as soon as there is a broker that serves. */
    final void startReading() {
        plan.outputs.forEach(queue -> readers.put(queue, new MatchReader(connection(), queue)));
    }

    // ---- parts

    /** How clients of the test's own reach the broker. */
    public abstract ConnectionSettings connection();

    public N node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Expected one of " + nodes + ", but got " + name));
    }

    /** In the order of their names. */
    public List<N> nodes() {
        return List.copyOf(nodes);
    }

    public Seed seed() {
        return seed;
    }

    // ---- events

    /** Publish lines of JSON with a field {@code id}; returns when all are with the broker. */
    public void publish(String queue, List<String> lines) {
        publishing(queue, lines, 0).await(HEAL_LIMIT);
    }

    /** Publish in the background. @param rate events per second; 0: as fast as it goes */
    public Publishing publishing(String queue, List<String> lines, int rate) {
        return publishing(queue, lines.iterator(), rate);
    }

    /** The same with lines that need not be known yet, nor ever end; they are asked for in another thread. */
    public Publishing publishing(String queue, Iterator<String> lines, int rate) {
        String event = plan.inputs.get(queue);
        if (event == null) {
            throw new IllegalArgumentException("Expected one of " + plan.inputs.keySet() + ", but got " + queue);
        }
        Publishing publishing = new Publishing(connection(), queue, event, lines, rate);
        loads.add(publishing);
        return publishing;
    }

    /** Take what comes out of a queue no more, or again. */
    public void pauseReading(String queue, boolean paused) {
        reader(queue).pause(paused);
    }

    private MatchReader reader(String queue) {
        MatchReader reader = readers.get(queue);
        if (reader == null) {
            throw new IllegalArgumentException("Expected one of " + readers.keySet() + ", but got " + queue);
        }
        return reader;
    }

    /** An ERROR in a log that contains this text is no finding. */
    public void expectErrors(String text) {
        announcedErrors.add(text);
    }

    /** Look into the log of something else, too. @param newErrors lines with ERROR since it was last asked */
    public final void rejectErrorsOf(Supplier<List<String>> newErrors) {
        otherLogs.add(newErrors);
    }

    // ---- waits

    /** Wait until all nodes serve, see each other and hold all copies. */
    public void awaitWhole() {
        awaitSafe(plan.nodes);
    }

    /** Wait until so many nodes live, serve, see each other and nobody else, and hold all copies. */
    public void awaitSafe(int count) {
        await.until(
                count + " nodes to serve a safe cluster",
                START_LIMIT,
                this::statusAndLogs,
                () -> nodes.stream().filter(node -> serves(node, count)).count() == count);
    }

    private static boolean serves(ClusterNode node, int members) {
        return node.isAlive()
                && node.api().ready()
                && node.api()
                        .cluster()
                        .filter(status -> status.path("safe").asBoolean()
                                && status.path("members").size() == members)
                        .isPresent();
    }

    /** Wait for anything else; a node that dies meanwhile fails the wait at once. */
    public void await(String what, Duration limit, BooleanSupplier condition) {
        await.until(what, limit, this::statusText, condition);
    }

    /** The same for something that is looked for. */
    public <T> T awaitFound(String what, Duration limit, Supplier<Optional<T>> search) {
        return await.value(what, limit, this::statusText, search);
    }

    /** Wait until all nodes run one catalog, and name it. */
    public SortedSet<String> awaitOneCatalog(Duration limit) {
        AtomicReference<SortedSet<String>> seen = new AtomicReference<>(new TreeSet<>());
        await.until("all nodes to run one catalog", limit, () -> seen + "\n" + statusText(), () -> {
            seen.set(catalogs());
            return seen.get().size() == 1;
        });
        return seen.get();
    }

    /**
     * Wait until each node has found that its broker keeps every promise; fail if it then names a weakness. Nodes look again
     * every few seconds while a broker does not answer.
     */
    public void awaitNoWeakness(Duration limit) {
        for (N node : nodes) {
            JsonNode guarantees = awaitFound(
                    "no weakness of the broker to be known to " + node.name(),
                    limit,
                    () -> node.api()
                            .cluster()
                            .map(status -> status.path("guarantees"))
                            .filter(found -> found.path("noLoss").asBoolean()
                                    && found.toString().contains("keeps all promised settings")));
            if (!guarantees.path("weaknesses").isEmpty()) {
                throw new AssertionError("Expected no weakness to be known to " + node.name() + ", but: " + guarantees);
            }
        }
    }

    /** Wait for so many matches on all output queues together. */
    public void awaitMatches(int count, Duration limit) {
        await.until(
                count + " matches", limit, () -> matchCount() + " came\n" + statusText(), () -> matchCount() >= count);
    }

    /** Wait for a match. */
    public ReceivedMatch awaitMatch(String what, Duration limit, Predicate<ReceivedMatch> condition) {
        return await.value(
                what,
                limit,
                () -> matchCount() + " others came\n" + statusText(),
                () -> matches().stream().filter(condition).findFirst());
    }

    /** Wait until a node is connected for a queue: it reads it, or stands by for whoever does. */
    public void awaitConnected(ClusterNode node, String queue) {
        await(
                node.name() + " to be connected for " + queue,
                START_LIMIT,
                () -> receiverRows(node, queue)
                        .anyMatch(row -> row.path("queue").asText().equals(queue)
                                && row.path("phase").asText().equals("ACTIVE")));
    }

    /** Wait until so many events of a publishing are with the broker. */
    public void awaitPublished(Publishing publishing, int count) {
        await.until(
                count + " published events",
                HEAL_LIMIT,
                () -> publishing.published() + " are",
                () -> publishing.published() >= count);
    }

    /** Wait for so many matches of a kind. */
    public void awaitCount(String what, int count, Duration limit, Predicate<ReceivedMatch> kind) {
        await.until(
                what,
                limit,
                () -> matches().stream().filter(kind).count() + " of " + count + " came\n" + statusText(),
                () -> matches().stream().filter(kind).count() >= count);
    }

    /**
     * Wait until a node has taken something from a strict queue since it was started, and name it. It is the queue's
     * receiver as long as it lives and keeps its session: a standby takes nothing.
     */
    public N awaitReceiver(String queue) {
        return await.value(
                "a node to receive " + queue,
                HEAL_LIMIT,
                this::statusText,
                () -> nodes.stream()
                        .filter(ClusterNode::isAlive)
                        .filter(node -> received(node, queue, "received") > 0)
                        .findFirst());
    }

    /** Wait until a node takes something from a strict queue, now and not at some time before, and name it. */
    public N awaitActiveReceiver(String queue) {
        SortedMap<String, Long> before = new TreeMap<>();
        nodes.stream()
                .filter(ClusterNode::isAlive)
                .forEach(node -> before.put(node.name(), received(node, queue, "received")));
        return await.value(
                "a node to receive " + queue + " now",
                HEAL_LIMIT,
                this::statusText,
                () -> nodes.stream()
                        .filter(ClusterNode::isAlive)
                        .filter(node -> received(node, queue, "received") > before.getOrDefault(node.name(), 0L))
                        .findFirst());
    }

    /** Let a fault last so long. */
    public void hold(String fault, Duration length) {
        long end = System.nanoTime() + length.toNanos();
        await(fault + " to last", length.multipliedBy(2), () -> System.nanoTime() - end >= 0);
    }

    /** Wait for the end of a node that is to die by itself. @return its exit code */
    public int awaitDeath(ClusterNode node, Duration limit) {
        await.until(node.name() + " to die", limit, this::statusText, () -> !node.isAlive());
        return node.exitCode();
    }

    /**
     * Wait until all input queues, those of rejected messages and those of matches are empty, and few causes wait for
     * confirmation; fail if there is a dead letter then, which would stay.
     */
    public void awaitDrained() {
        QueueProbe probe = new QueueProbe(connection());
        List<String> queues = new ArrayList<>(plan.inputs.keySet());
        plan.inputs.keySet().forEach(queue -> queues.addAll(List.of(queue + ".rejected", queue + ".detour")));
        readers.keySet().forEach(queues::add);
        await.until(
                "no residue",
                HEAL_LIMIT,
                () -> queues.stream()
                                .map(queue -> probe.depth(queue).toString())
                                .collect(Collectors.joining("; ")) + "; unconfirmed: " + unconfirmed() + "\n"
                        + statusText(),
                () -> queues.stream().allMatch(queue -> probe.depth(queue).empty())
                        && unconfirmed() >= 0
                        && unconfirmed() <= MOST_UNCONFIRMED);
        long dead = await.value(
                "the broker to count dead letters",
                HEAL_LIMIT,
                this::statusText,
                () -> Optional.of(probe.depth(DEAD_LETTERS).messages()).filter(count -> count >= 0));
        if (dead > 0) {
            throw new AssertionError("Expected no dead letters, but " + DEAD_LETTERS + " has " + dead);
        }
    }

    /** Causes of all shards whose commit is not known; -1 if no node tells. */
    public long unconfirmed() {
        return status().map(status -> StreamSupport.stream(status.path("shards").spliterator(), false)
                        .mapToLong(shard -> shard.path("unconfirmed").asLong())
                        .sum())
                .orElse(-1L);
    }

    /** Wait until all matches that were sent are among those that are seen here. */
    public void awaitRead() {
        QueueProbe probe = new QueueProbe(connection());
        await.until(
                "all matches to be read",
                HEAL_LIMIT,
                this::statusText,
                () -> readers.keySet().stream()
                        .allMatch(queue -> probe.depth(queue).empty()));
    }

    // ---- what is seen

    /** Of all output queues, in the order in which they arrived. */
    public List<ReceivedMatch> matches() {
        return readers.values().stream()
                .flatMap(reader -> reader.matches().stream())
                .sorted(Comparator.comparingLong(ReceivedMatch::arrivedNanos))
                .toList();
    }

    /** Those of one output queue since the last call; no other question is answered with them any more. */
    public List<ReceivedMatch> takeMatches(String queue) {
        return reader(queue).take();
    }

    private int matchCount() {
        return readers.values().stream().mapToInt(MatchReader::count).sum();
    }

    /** As the first node that answers sees the cluster. */
    public Optional<JsonNode> status() {
        return nodes.stream()
                .filter(ClusterNode::isAlive)
                .flatMap(node -> node.api().cluster().stream())
                .findFirst();
    }

    /** Revision and hash of each node's catalog as each node sees it: one of both if all have the same. */
    public SortedSet<String> catalogs() {
        SortedSet<String> catalogs = new TreeSet<>();
        for (N node : nodes) {
            Optional<JsonNode> status = node.api().cluster();
            if (status.isEmpty()) {
                catalogs.add("no answer of " + node.name());
            } else {
                status.get()
                        .path("members")
                        .forEach(member ->
                                catalogs.add(member.path("catalogRevision").asText() + " "
                                        + member.path("catalogHash").asText()));
            }
        }
        return catalogs;
    }

    /**
     * The nodes that evaluate keys of one field now, as the first node that answers sees it: keys by the name of the owner.
     * A key whose shard nobody owns at the moment is missing.
     */
    public SortedMap<String, SortedSet<String>> keysByOwner(List<String> keys) {
        SortedMap<Integer, String> owners = new TreeMap<>();
        status().ifPresent(status -> status.path("shards").forEach(shard -> {
            if (shard.path("owner").isTextual()) {
                owners.put(shard.path("id").asInt(), shard.path("owner").asText());
            }
        }));
        SortedMap<String, SortedSet<String>> found = new TreeMap<>();
        for (String key : keys) {
            String owner = owners.get(KeyHash.shardOf(List.of(key), plan.shards));
            if (owner != null) {
                found.computeIfAbsent(owner, name -> new TreeSet<>()).add(key);
            }
        }
        return found;
    }

    /** A count of a node's receiver, as the node tells it. @param count a field of a receiver's row */
    public long received(ClusterNode node, String queue, String count) {
        return receiverRows(node, queue)
                .mapToLong(row -> row.path(count).asLong())
                .sum();
    }

    /** Of a node's receivers for a queue, as the node tells it; none if it does not answer. */
    private static Stream<JsonNode> receiverRows(ClusterNode node, String queue) {
        return node.api().cluster().stream()
                .flatMap(status -> StreamSupport.stream(status.path("receivers").spliterator(), false))
                .filter(row -> row.path("queue").asText().endsWith(queue)
                        && row.path("node").asText().equals(node.name()));
    }

    /** Compare all matches so far with what was expected; print one line; fail on errors in logs that nobody announced. */
    public Verdict judge(int published, SortedMap<Lane, List<String>> expected) {
        return judge(published, expected, match -> true);
    }

    /** The same for a part of the matches. */
    public Verdict judge(int published, SortedMap<Lane, List<String>> expected, Predicate<ReceivedMatch> part) {
        List<ReceivedMatch> received = matches().stream().filter(part).toList();
        Verdict verdict = Verdict.of(published, expected, received, longestSilence(received), seed);
        System.out.println(verdict.line() + " unconfirmed=" + unconfirmed());
        rejectErrors(verdict);
        return verdict;
    }

    /** Fail on errors in logs that nobody announced, since the last time. @param verdict of the run, for the message */
    public void rejectErrors(Object verdict) {
        List<String> errors = Stream.concat(
                        nodes.stream().map(ClusterNode::newErrors),
                        otherLogs.stream().map(Supplier::get))
                .flatMap(List::stream)
                .filter(line -> announcedErrors.stream().noneMatch(line::contains))
                .toList();
        if (!errors.isEmpty()) {
            throw new AssertionError(
                    "Expected no ERROR in the logs, but:\n" + String.join("\n", errors) + "\n" + verdict);
        }
    }

    /** The longest silence between two matches of a kind while anything was published, from an instant on; in ms. */
    public long silence(long fromNanos, Predicate<ReceivedMatch> kind) {
        return longestSilence(matches().stream()
                .filter(match -> match.arrivedNanos() >= fromNanos)
                .filter(kind)
                .toList());
    }

    /**
     * The longest silence between two matches of a kind while anything was published, less what of it lies between two
     * instants; in ms.
     */
    public long silenceOutside(long goneNanos, long backNanos, Predicate<ReceivedMatch> kind) {
        return longestSilence(matches().stream().filter(kind).toList(), goneNanos, backNanos);
    }

    /** How long after an instant the first match of a kind came, in ms; fails if none did. */
    public long firstAfter(long nanos, Predicate<ReceivedMatch> kind) {
        return matches().stream()
                .filter(match -> match.arrivedNanos() >= nanos)
                .filter(kind)
                .mapToLong(match -> (match.arrivedNanos() - nanos) / 1_000_000)
                .findFirst()
                .orElseThrow(() -> new AssertionError("Expected a match after the fault, but none came"));
    }

    /** Between two matches, as far as events were being published at that time; in ms. */
    private long longestSilence(List<ReceivedMatch> received) {
        return longestSilence(received, 0, 0);
    }

    private long longestSilence(List<ReceivedMatch> received, long goneNanos, long backNanos) {
        long longest = 0;
        for (int i = 1; i < received.size(); i++) {
            long from = received.get(i - 1).arrivedNanos();
            long to = received.get(i).arrivedNanos();
            long excused = Math.max(0, Math.min(to, backNanos) - Math.max(from, goneNanos));
            for (Publishing load : loads) {
                longest = Math.max(longest, load.overlapNanos(from, to) - excused);
            }
        }
        return longest / 1_000_000;
    }

    private String statusText() {
        return nodes.stream()
                .map(node -> node.name() + " "
                        + (node.isAlive()
                                ? node.api()
                                                .cluster()
                                                .map(ObservedCluster::summary)
                                                .orElse("does not answer")
                                        + tasks(node)
                                : "is dead"))
                .collect(Collectors.joining("\n  ", "  ", ""));
    }

    /** For waits that nobody can repeat who has not the folder of the run. */
    private String statusAndLogs() {
        return nodes.stream()
                .map(node -> node.name() + "'s log ends:\n" + node.tail())
                .collect(Collectors.joining("\n", statusText() + "\n", ""));
    }

    private static String summary(JsonNode status) {
        StringBuilder text = new StringBuilder();
        text.append("safe=").append(status.path("safe").asText());
        text.append(" reasons=").append(status.path("reasons"));
        status.path("members")
                .forEach(member -> text.append(' ').append(member.path("name").asText()));
        for (JsonNode row : status.path("receivers")) {
            if (row.path("node").equals(status.path("node"))) {
                text.append("\n    ").append(row);
            }
        }
        return text.toString();
    }

    /** As each node sees them; nothing if there are none. */
    private static String tasks(ClusterNode node) {
        return node.api()
                .get("/api/v1/tasks")
                .filter(answer -> answer.status() == 200)
                .map(NodeApi.Answer::json)
                .filter(tasks -> !tasks.isEmpty())
                .map(tasks -> "\n    tasks " + tasks)
                .orElse("");
    }

    private void raiseAlarm() {
        for (N node : nodes) {
            if (node.diedUnexpectedly()) {
                throw new AssertionError("Expected " + node.name() + " to live, but it ended with " + node.exitCode()
                        + ". Its log ends:\n" + node.tail());
            }
        }
    }

    /** Ends the load and the readers, and then all else, whatever it was doing. */
    @Override
    public final void close() {
        loads.forEach(Publishing::end);
        readers.values().forEach(MatchReader::close);
        List<AutoCloseable> running = new ArrayList<>(nodes);
        running.addAll(surroundings());
        AssertionError failure = null;
        for (AutoCloseable part : running) {
            try {
                part.close();
            } catch (Exception | AssertionError e) {
                // The others are to end all the same.
                failure = failure == null ? new AssertionError("Expected all to end, but: " + e, e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What is to end after the nodes, in this order. */
    abstract List<AutoCloseable> surroundings();
}
