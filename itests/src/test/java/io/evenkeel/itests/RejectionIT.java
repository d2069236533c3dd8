// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.RawQueue.Rejected;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("On a cluster of three nodes")
class RejectionIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int MEGABYTE = 1024 * 1024;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput("readings", "Reading")
                .withInput("alarms", "Alarm")
                .withOutput("running", "echoes")
                .start(EVIDENCE.folder(), Seed.ofRun());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @DisplayName(
            "F16 what cannot be processed is in the queue's .rejected with its reason and what names it, and its neighbours,"
                    + " text, bytes and map, are processed")
    void shouldRejectWithReasons() {
        Readings readings = new Readings();
        try (RawQueue queue = new RawQueue(cluster.connection(), "readings")) {
            queue.text("Reading", readings.reading("s1", 1).json());
            queue.text("Reading", "event-x1", "{\"id\":\"x1\",\"sensor\":");
            queue.text("Reading", readings.reading("s1", 2).json());
            queue.text("Raeding", readings.reading("s1", 3).json());
            queue.text("Reading", "{\"id\":\"x3\",\"sensor\":\"s1\",\"seq\":0,\"amount\":\"many\"}");
            queue.text("Reading", "{\"id\":\"x4\",\"sensor\":null,\"seq\":0,\"amount\":1}");
            queue.text("Reading", "event-x5", "{\"id\":\"x5\",\"seq\":0,\"amount\":1}");
            queue.object("Reading", "a serialized string");
            queue.bytes("Reading", new byte[] {(byte) 0xff, 0x00, 0x7b});
            queue.map("Reading", readings.reading("s1", 4).fields());
            queue.bytes("Reading", readings.reading("s1", 5).json().getBytes(StandardCharsets.UTF_8));
        }
        readings.forget("s1-2");

        cluster.awaitCount("matches of the neighbours, text, bytes and map", 4, SOON, ofKey("s1"));
        List<Rejected> rejected;
        try (RawQueue queue = new RawQueue(cluster.connection(), "readings.rejected")) {
            rejected = queue.takeRejected(7, SOON);
        }
        cluster.awaitDrained();

        assertThat(rejected)
                .as("in queue order")
                .extracting(Rejected::reason)
                .containsExactly(
                        "NOT_JSON",
                        "UNKNOWN_TYPE",
                        "WRONG_TYPE",
                        "NULL_KEY",
                        "NULL_KEY",
                        "UNSUPPORTED_MESSAGE",
                        "NOT_JSON");
        Map<String, Rejected> byBody = rejected.stream().collect(Collectors.toMap(Rejected::body, Function.identity()));
        assertThat(byBody.get("{\"id\":\"x1\",\"sensor\":").detail()).isNotBlank();
        assertThat(byBody.get("{\"id\":\"x3\",\"sensor\":\"s1\",\"seq\":0,\"amount\":\"many\"}")
                        .field())
                .isEqualTo("amount");
        assertThat(byBody.get("{\"id\":\"x4\",\"sensor\":null,\"seq\":0,\"amount\":1}")
                        .field())
                .isEqualTo("sensor");
        Rejected withoutKey = byBody.get("{\"id\":\"x5\",\"seq\":0,\"amount\":1}");
        assertThat(withoutKey.reason()).isEqualTo("NULL_KEY");
        assertThat(withoutKey.field()).isEqualTo("sensor");
        assertThat(rejected).allSatisfy(one -> {
            assertThat(one.receiver()).isEqualTo("readings");
            assertThat(one.messageId()).as("message id of %s", one).isNotBlank();
        });
        assertThat(rejected).extracting(Rejected::messageId).doesNotHaveDuplicates();
        assertThat(rejected.get(0).eventId())
                .as("the id that its publisher gave it")
                .isEqualTo("event-x1");
        assertThat(withoutKey.eventId()).isEqualTo("event-x5");
        assertThat(rejected.get(1).eventId())
                .as("of one without an id of its own")
                .isEqualTo(rejected.get(1).messageId());
        judge(readings, "s1");
    }

    @Test
    @DisplayName(
            "F16 an event of 1 MB counts as any other; 1 MB of garbage, text or bytes, is rejected whole with its reason, and"
                    + " its neighbours are processed")
    void shouldProcessAndRejectLargeBodies() {
        Readings readings = new Readings();
        Readings.Reading first = readings.reading("large", 1);
        Readings.Reading second = readings.reading("large", 2);
        Readings.Reading third = readings.reading("large", 3);
        String garbage = "{\"id\":\"" + "x".repeat(MEGABYTE);
        byte[] bytes = new byte[MEGABYTE];
        Arrays.fill(bytes, (byte) 0xff);
        try (RawQueue queue = new RawQueue(cluster.connection(), "readings")) {
            queue.text("Reading", first.json());
            queue.text("Reading", "large-text", garbage);
            queue.text(
                    "Reading",
                    new Readings.Reading("y".repeat(MEGABYTE), second.sensor(), second.seq(), second.amount()).json());
            queue.bytes("Reading", bytes);
            queue.text("Reading", third.json());
        }

        cluster.awaitCount("matches of the neighbours, and of the large one", 3, SOON, ofKey("large"));
        List<Rejected> rejected;
        try (RawQueue queue = new RawQueue(cluster.connection(), "readings.rejected")) {
            rejected = queue.takeRejected(2, SOON);
        }
        cluster.awaitDrained();

        assertThat(rejected).extracting(Rejected::reason).containsExactly("NOT_JSON", "NOT_JSON");
        assertThat(rejected.get(0).eventId()).isEqualTo("large-text");
        assertThat(rejected.get(0).body().equals(garbage))
                .as("the whole text is kept")
                .isTrue();
        assertThat(rejected.get(1).body()).as("all bytes are kept").isEqualTo("(" + MEGABYTE + " bytes)");
        judge(readings, "large");
    }

    /** Of those matches whose key is this. */
    private static void judge(Readings readings, String key) {
        Verdict verdict = cluster.judge(readings.published(), readings.running(), ofKey(key));
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
    }

    private static Predicate<ReceivedMatch> ofKey(String key) {
        return match -> match.instance().equals(Readings.RUNNING_INSTANCE)
                && match.key().equals(key);
    }

    @Test
    @DisplayName(
            "D1 a query that was put over HTTP processes what is published after the answer, whatever node took it")
    void shouldProcessByNewQueryAtOnce() {
        cluster.nodes().get(2).api().put("/api/v1/events/Alarm", "event: Alarm\nfields: {id: string, site: string}\n");
        cluster.nodes().get(1).api().put("/api/v1/queries/echo", """
                query: echo
                parameters:
                  tag: {type: string}
                inputs:
                  - {event: Alarm, key: [site], within: 1 minute}
                epl: "select site, ?:tag as tag from Alarm"
                output: {event: Echo, to: "queue:echoes"}
                """);
        cluster.nodes()
                .get(0)
                .api()
                .put("/api/v1/queries/echo/instances/one", "query: echo\ninstance: one\nparameters: {tag: t1}\n");
        cluster.publish(
                "alarms",
                List.of(
                        "{\"id\":\"a1\",\"site\":\"north\"}",
                        "{\"id\":\"a2\",\"site\":\"south\"}",
                        "{\"id\":\"a3\",\"site\":\"west\"}"));

        for (String site : List.of("north", "south", "west")) {
            assertThat(cluster.awaitMatch(
                                    "the echo of " + site,
                                    SOON,
                                    match -> match.instance().equals("echo/one")
                                            && match.key().equals(site))
                            .body())
                    .isEqualTo("{\"site\":\"" + site + "\",\"tag\":\"t1\"}");
        }
    }
}
