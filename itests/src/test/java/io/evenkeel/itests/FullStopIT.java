// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The end of all nodes, one way after the other on one cluster. The matches of {@code running} count all events of their key so
 * far: after a stop of which nothing may be missing they are compared with those of a plain Esper that never stopped.
 */
@DisplayName("F15 All nodes end:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FullStopIT {
    private static final Seed SEED = Seed.ofRun();
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int KEYS = 40;
    private static final int RATE = 500;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Longer than an ordered stop takes; the timer is due when the nodes are back, or soon after. */
    private static final int QUIET_SECONDS = 40;

    /** What the keys begin with whose timers fire. */
    private static final String SILENT = "silent";

    private static final int HELD = 200;
    private static final long WAIT_MS = 60_000;
    private static final long SOURCE_START =
            Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();

    private static final String ORDERED = """
            query: ordered
            inputs:
              - {event: Sale, key: [item], within: 1 hour, timeFrom: placed, wait: 60 s}
            epl: select n, count(*) as c from Sale
            output: {event: Ordered, to: "queue:ordered"}
            """;

    private static final Pattern BEHIND = Pattern.compile("(?m)^evenkeel_history_behind(?:\\{[^}]*})? ([0-9.]+)");

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    /**
     * 200 ms and the round before; half a second on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given
     * more: there a round takes as long as the disk and the other processes let it.
     */
    private static final int MOST_LACKING_MS = Limits.strictly(500, 3_000);

    private static final Readings READINGS = new Readings();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(FullStopIT.class));
        cluster = aCluster()
                .withShards(8)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withDocuments(Steps.TYPE)
                .withDocuments(Steps.quiet(QUIET_SECONDS))
                .withDocuments("event: Sale\nfields: {id: string, item: string, n: integer, placed: timestamp}\n")
                .withDocuments(ORDERED)
                .withInput("readings", "Reading")
                .withInput("steps", "Step")
                .withInput("sales", "Sale")
                .withOutput("running", "quiet", "ordered")
                .start(EVIDENCE.folder().resolve("kept"), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "killed when all is on the disks, with the broker alive: windows go on to the unit, each match once, in order")
    void shouldGoOnAfterAKillOfAllNodes() {
        publish(1_500);
        awaitRecorded(cluster);
        killAll(cluster);
        cluster.restartDead();
        publish(500);
        assertExact();
    }

    @Test
    @Order(2)
    @DisplayName("stopped in order, all at once: windows go on to the unit, with nothing awaited")
    void shouldGoOnAfterAnOrderlyStop() {
        publish(500);
        Publishing load = cluster.publishing("readings", lines(1_000), RATE);
        cluster.awaitPublished(load, 500);
        stopAll();
        load.await(SOON);
        cluster.restartDead();
        publish(200);
        assertExact();
    }

    @Test
    @Order(3)
    @DisplayName("stopped in order with timers pending and events that wait for source time: timers fire once,"
            + " what waited comes once and in the order of its times")
    void shouldKeepTimersAndWhatIsHeld() {
        List<String> silent = keys(SILENT);
        List<String> heard = keys("heard");
        List<Sale> sales = sales(SEED.random("sales"));
        cluster.publish("sales", sales.stream().map(Sale::line).toList());
        // Passes a third of them; the others wait on.
        Sale third = new Sale("clock", 0, SOURCE_START + WAIT_MS / 4 + WAIT_MS);
        cluster.publish("sales", List.of(third.line()));
        List<Sale> passed = sales.stream()
                .filter(sale -> sale.placed() <= third.placed() - WAIT_MS)
                .toList();
        cluster.awaitCount("matches of those that were passed", passed.size(), SOON, of("ordered/default"));
        // Last, so that little but the stop lies before the timers' time.
        long publishedNanos = System.nanoTime();
        cluster.publish("steps", Steps.lines(silent, "T", 1));
        cluster.publish("steps", Steps.lines(heard, "T", 1));
        cluster.publish("steps", Steps.lines(heard, "U", 1));
        cluster.await("the steps to be committed", SOON, () -> cluster.broker().depth("steps") == 0);
        stopAll();
        System.out.println("timers of " + QUIET_SECONDS + " s, stopped within "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - publishedNanos) + " ms");
        cluster.awaitRead();
        assertThat(count("ordered/default")).as("while others are held").isEqualTo(passed.size());
        // Is none if the stop was over in time.
        assertThat(cluster.matches().stream().filter(of("quiet/default")))
                .as("timers before their time")
                .allMatch(match -> Steps.inTime(match, publishedNanos, QUIET_SECONDS));

        cluster.restartDead();
        Sale last = new Sale("clock", 1, third.placed() + 2 * WAIT_MS);
        cluster.publish("sales", List.of(last.line()));
        List<Sale> expected = new ArrayList<>(sales);
        expected.add(third);
        cluster.awaitCount("matches of all but the last", expected.size(), SOON, of("ordered/default"));
        cluster.awaitCount("timers", silent.size(), SOON, of("quiet/default"));
        cluster.awaitDrained();
        cluster.awaitRead();

        assertThat(cluster.matches().stream()
                        .filter(of("quiet/default"))
                        .map(ReceivedMatch::key)
                        .toList())
                .containsExactlyInAnyOrderElementsOf(silent);
        Verdict verdict = cluster.judge(sales.size() + 2, ordered(expected), of("ordered/default"));
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
        assertExact();
    }

    @Test
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    @Order(4)
    @DisplayName("killed, and one node's disk is empty when they start again: windows go on to the unit")
    void shouldGoOnWithoutOneDisk() {
        publish(500);
        awaitRecorded(cluster);
        killAll(cluster);
        Path lost = EVIDENCE.folder().resolve("kept/data/node-2");
        assertThat(lost).isDirectory();
        Evidence.delete(lost);
        cluster.restartDead();
        publish(500);
        assertExact();
    }

    @Test
    @Order(5)
    @DisplayName("killed together with the broker, and twice more while they start: windows go on to the unit")
    void shouldGoOnAfterTheEndOfEverything() {
        publish(500);
        awaitRecorded(cluster);
        killAll(cluster);
        cluster.broker().kill();
        cluster.broker().restart();
        Random random = SEED.random("starts");
        for (int start = 0; start < 2; start++) {
            cluster.nodes().forEach(NodeProcess::start);
            int afterMs = 2_000 + random.nextInt(5_000);
            cluster.hold("their start", Duration.ofMillis(afterMs));
            System.out.println("killed again " + afterMs + " ms after the start began");
            killAll(cluster);
        }
        cluster.restartDead();
        publish(500);
        assertExact();
    }

    @Test
    @Order(6)
    @DisplayName(
            "killed in the midst of the load, and the broker with them: each event has its match, once; windows lack at most what"
                    + " the last round lacks")
    void shouldLoseNoEventInTheMidstOfTheLoad() throws IOException {
        int before = READINGS.published();
        Publishing load = cluster.publishing("readings", lines(3_000), RATE);
        cluster.awaitPublished(load, 1_500);
        long killNanos = System.nanoTime();
        killAll(cluster);
        cluster.broker().kill();
        cluster.broker().restart();
        cluster.awaitRead();
        // What the last rounds may not have: it was committed since the first of them, and seen no sooner.
        List<ReceivedMatch> firstLife =
                cluster.matches().stream().filter(of(Readings.RUNNING_INSTANCE)).toList();
        long latest = firstLife.stream()
                .filter(match -> match.arrivedNanos() - killNanos >= -TimeUnit.MILLISECONDS.toNanos(MOST_LACKING_MS))
                .count();
        cluster.restartDead();
        load.await(SOON);
        cluster.awaitCount("matches of all readings", READINGS.published(), SOON, of(Readings.RUNNING_INSTANCE));
        cluster.awaitDrained();
        cluster.awaitRead();

        List<ReceivedMatch> matches =
                cluster.matches().stream().filter(of(Readings.RUNNING_INSTANCE)).toList();
        Set<String> ids = new HashSet<>();
        Set<String> events = new HashSet<>();
        Map<String, Integer> lacking = new TreeMap<>();
        for (ReceivedMatch match : matches) {
            JsonNode body = JSON.readTree(match.body());
            assertThat(ids.add(match.matchId())).as("doubled %s", match).isTrue();
            assertThat(events.add(body.path("sensor").asText() + "-"
                            + body.path("seq").asInt()))
                    .as("doubled %s", match)
                    .isTrue();
            lacking.merge(
                    match.key(), body.path("seq").asInt() + 1 - body.path("n").asInt(), Math::max);
        }
        int sum = lacking.values().stream().mapToInt(Integer::intValue).sum();
        System.out.println(
                "killed in the midst: published=" + (READINGS.published() - before) + " at kill=" + firstLife.size()
                        + " in the last " + MOST_LACKING_MS + " ms=" + latest + " events that windows lack=" + sum
                        + " of one key=" + Collections.max(lacking.values()) + " seed="
                        + SEED);
        assertThat(events).hasSize(READINGS.published());
        assertThat(lacking.values()).as("events that windows lack, by key").allMatch(count -> count >= 0);
        assertThat(sum).as("events that all windows lack").isLessThanOrEqualTo((int) latest);
    }

    @Test
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    @Order(7)
    @DisplayName("(with history.mode off) and windows begin anew; no event and no match is lost (negative control)")
    void shouldBeginAnewWithoutHistory() throws IOException {
        Readings readings = new Readings();
        try (Cluster without = aCluster()
                .withNodes(2)
                .withShards(8)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput("readings", "Reading")
                .withOutput("running")
                .withSettings("history: {mode: off}\n")
                .start(EVIDENCE.folder().resolve("without"), SEED)) {
            without.publish(
                    "readings",
                    List.of(
                            readings.reading("a", 1).json(),
                            readings.reading("a", 2).json()));
            without.awaitMatches(2, SOON);
            without.awaitDrained();
            killAll(without);
            without.restartDead();
            without.publish("readings", List.of(readings.reading("a", 3).json()));
            without.awaitMatches(3, SOON);
            JsonNode last = JSON.readTree(without.matches().get(2).body());
            assertThat(last.path("n").asInt()).isEqualTo(1);
            assertThat(without.status()
                            .orElseThrow()
                            .path("guarantees")
                            .path("weaknesses")
                            .toString())
                    .contains("HISTORY_OFF");
        }
    }

    // ---- the test's own

    private static List<String> lines(int count) {
        return READINGS.lines(count, KEYS, SEED.random("load" + READINGS.published()));
    }

    private static void publish(int count) {
        cluster.publish("readings", lines(count));
        cluster.awaitCount("matches of all readings", READINGS.published(), SOON, of(Readings.RUNNING_INSTANCE));
        cluster.awaitDrained();
    }

    /** Until all that happened is on the disks of all nodes. */
    private static void awaitRecorded(Cluster of) {
        of.await("all to be on the disks", SOON, () -> of.nodes().stream().allMatch(node -> behind(node) == 0));
    }

    private static double behind(NodeProcess node) {
        String metrics = node.api().get("/metrics").orElseThrow().expect(200).body();
        Matcher matcher = BEHIND.matcher(metrics);
        assertThat(matcher.find()).as(metrics).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    private static void killAll(Cluster of) {
        of.nodes().parallelStream().forEach(NodeProcess::kill);
    }

    private static void stopAll() {
        cluster.nodes().parallelStream().forEach(NodeProcess::stop);
    }

    private static void assertExact() {
        cluster.awaitRead();
        Verdict verdict = cluster.judge(READINGS.published(), READINGS.running(), of(Readings.RUNNING_INSTANCE));
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
        assertThat(cluster.matches().stream().map(ReceivedMatch::matchId).toList())
                .as("match ids, of all lives of the cluster")
                .doesNotHaveDuplicates();
        assertThat(cluster.matches().stream()
                        .filter(of("quiet/default"))
                        .map(ReceivedMatch::key)
                        .toList())
                .as("keys whose timer fired, in whichever life")
                .doesNotHaveDuplicates()
                .allMatch(key -> key.startsWith(SILENT));
    }

    private static Predicate<ReceivedMatch> of(String instance) {
        return match -> match.instance().equals(instance);
    }

    private static int count(String instance) {
        return (int) cluster.matches().stream().filter(of(instance)).count();
    }

    private static List<String> keys(String prefix) {
        return IntStream.range(0, 12).mapToObj(key -> prefix + key).toList();
    }

    /** @param placed when, in source time */
    private record Sale(String item, int n, long placed) {
        String line() {
            return "{\"id\":\"%s-%d\",\"item\":\"%s\",\"n\":%d,\"placed\":\"%s\"}"
                    .formatted(item, n, item, n, Instant.ofEpochMilli(placed));
        }
    }

    /** Within three quarters of the wait, so that none is passed by another; in any order. */
    private static List<Sale> sales(Random random) {
        List<Sale> sales = new ArrayList<>();
        for (int i = 0; i < HELD; i++) {
            sales.add(new Sale("s" + random.nextInt(10), i, SOURCE_START + i * (WAIT_MS * 3 / 4) / HELD));
        }
        Collections.shuffle(sales, random);
        return sales;
    }

    private static SortedMap<Lane, List<String>> ordered(List<Sale> sales) {
        SortedMap<Lane, List<String>> expected = new TreeMap<>();
        sales.stream().sorted(Comparator.comparingLong(Sale::placed)).forEach(sale -> {
            List<String> bodies =
                    expected.computeIfAbsent(new Lane("ordered/default", sale.item()), lane -> new ArrayList<>());
            bodies.add("{\"c\":%d,\"n\":%d}".formatted(bodies.size() + 1, sale.n()));
        });
        return expected;
    }
}
