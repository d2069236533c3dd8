// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.RawQueue.Rejected;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("On a cluster of three nodes")
class RejectionIT {
    private static final Duration SOON = Duration.ofSeconds(20);

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
            "what cannot be processed is in the queue's .rejected with its reason, and its neighbours are processed")
    void shouldRejectWithReasons() {
        Readings readings = new Readings();
        try (RawQueue queue = new RawQueue(cluster.connection(), "readings")) {
            queue.text("Reading", readings.reading("s1", 1).json());
            queue.text("Reading", "{\"id\":\"x1\",\"sensor\":");
            queue.text("Reading", readings.reading("s1", 2).json());
            queue.text("Raeding", readings.reading("s1", 3).json());
            queue.text("Reading", "{\"id\":\"x3\",\"sensor\":\"s1\",\"seq\":0,\"amount\":\"many\"}");
            queue.text("Reading", "{\"id\":\"x4\",\"sensor\":null,\"seq\":0,\"amount\":1}");
            queue.object("Reading", "a serialized string");
            queue.bytes("Reading", new byte[] {(byte) 0xff, 0x00, 0x7b});
            queue.text("Reading", readings.reading("s1", 4).json());
        }
        readings.forget("s1-2");

        cluster.awaitMatches(3, SOON);
        List<Rejected> rejected;
        try (RawQueue queue = new RawQueue(cluster.connection(), "readings.rejected")) {
            rejected = queue.takeRejected(6, SOON);
        }
        cluster.awaitDrained();

        Map<String, Long> reasons =
                rejected.stream().collect(Collectors.groupingBy(Rejected::reason, Collectors.counting()));
        assertThat(rejected).as("in queue order").hasSize(6);
        assertThat(reasons).containsEntry("UNKNOWN_TYPE", 1L).containsEntry("UNSUPPORTED_MESSAGE", 1L);
        assertThat(reasons).containsEntry("NULL_KEY", 1L);
        Map<String, Rejected> byBody = rejected.stream().collect(Collectors.toMap(Rejected::body, Function.identity()));
        assertThat(byBody.get("{\"id\":\"x1\",\"sensor\":").detail()).isNotBlank();
        assertThat(byBody.get("{\"id\":\"x3\",\"sensor\":\"s1\",\"seq\":0,\"amount\":\"many\"}")
                        .field())
                .isEqualTo("amount");
        assertThat(byBody.get("{\"id\":\"x4\",\"sensor\":null,\"seq\":0,\"amount\":1}")
                        .field())
                .isEqualTo("sensor");
        assertThat(rejected).allSatisfy(one -> assertThat(one.receiver()).isEqualTo("readings"));
        Verdict verdict = cluster.judge(readings.published(), readings.running());
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
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
