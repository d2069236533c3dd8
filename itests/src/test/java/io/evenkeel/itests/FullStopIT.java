// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The end of all nodes, one way after the other on one cluster. The matches of {@code running} count all events of their key so
 * far: after a stop of which nothing may be missing they are compared with those of a plain Esper that never stopped.
 */
@DisplayName("F15 All nodes end:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FullStopIT {
    private static final Seed SEED = Seed.ofRun();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int KEYS = 40;
    private static final int RATE = 500;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern BEHIND = Pattern.compile("(?m)^evenkeel_history_behind(?:\\{[^}]*})? ([0-9.]+)");

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Readings READINGS = new Readings();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(FullStopIT.class));
        cluster = aCluster()
                .withShards(8)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput("readings", "Reading")
                .withOutput("running")
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
    @Order(4)
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
    @Order(5)
    @DisplayName(
            "killed in the midst of the load: each event has its match, once; windows lack at most what the last round lacks")
    void shouldLoseNoEventInTheMidstOfTheLoad() throws IOException {
        int before = READINGS.published();
        Publishing load = cluster.publishing("readings", lines(3_000), RATE);
        cluster.awaitPublished(load, 1_500);
        killAll(cluster);
        int atKill = cluster.matches().size();
        cluster.restartDead();
        load.await(SOON);
        cluster.awaitMatches(READINGS.published(), SOON);
        cluster.awaitDrained();
        cluster.awaitRead();

        List<ReceivedMatch> matches = cluster.matches();
        Set<String> ids = new HashSet<>();
        Set<String> events = new HashSet<>();
        int lacking = 0;
        for (ReceivedMatch match : matches) {
            JsonNode body = JSON.readTree(match.body());
            assertThat(ids.add(match.matchId())).as("doubled %s", match).isTrue();
            assertThat(events.add(body.path("sensor").asText() + "-"
                            + body.path("seq").asInt()))
                    .as("doubled %s", match)
                    .isTrue();
            lacking = Math.max(
                    lacking, body.path("seq").asInt() + 1 - body.path("n").asInt());
        }
        System.out.println("killed in the midst: published=" + (READINGS.published() - before) + " at kill=" + atKill
                + " most events that a window lacks=" + lacking + " seed=" + SEED);
        assertThat(events).hasSize(READINGS.published());
        // 200 ms and a round, for one of 40 keys at 500 events a second, with room for a machine that stands still.
        assertThat(lacking).as("events that the window of a key lacks").isBetween(0, 3 * RATE / KEYS);
    }

    @Test
    @Order(6)
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
        cluster.awaitMatches(READINGS.published(), SOON);
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
        Verdict verdict = cluster.judge(READINGS.published(), READINGS.running());
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
    }
}
