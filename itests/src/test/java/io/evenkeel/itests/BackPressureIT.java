// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Body;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What waits on the broker is larger than the memory of all nodes: they must not take more of it than they work at. */
@DisplayName("A backlog that no node has the memory for:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
class BackPressureIT {
    private static final int HEAP_MB = 192;
    private static final int EVENTS = 40_000;
    private static final int BODY = 15_000;
    private static final int KEYS = 50;
    private static final long OUTPUT_BYTES = 400_000;
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String PADDING = "x".repeat(BODY);

    private static final String TYPE = """
            event: Parcel
            fields: {id: string, sender: string, seq: integer, padding: string}
            """;

    /** It keeps a second, so that what nodes hold is what they have under way, and the log of some seconds. */
    private static final String QUERY = """
            query: parcels
            inputs:
              - {event: Parcel, key: [sender], within: 1 s}
            epl: select sender, seq from Parcel
            output: {event: Sent, to: "queue:sent"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    @Test
    @DisplayName(
            "F11 F20 600 MB of events while the output is full, and nodes of 192 MB: none ends, each event has its match, once"
                    + " and in order")
    void shouldLeaveTheBacklogOnTheBroker() throws InterruptedException {
        System.out.println("repeat: " + SEED.repeat(BackPressureIT.class));
        ClusterPlan plan = aCluster()
                .withDocuments(TYPE)
                .withDocuments(QUERY)
                .withInput("parcels", "Parcel")
                .withOutput("sent")
                // The matches of a transaction must have room in their address: nobody can take them before its end.
                .withBatch(100)
                .withOptions("-Xmx" + HEAP_MB + "m");
        for (int node = 1; node <= 3; node++) {
            plan.withEnvironment("node-" + node, Map.of("EVENKEEL_CLUSTER_DEDUPE_WINDOW", "2 s"));
        }
        ScheduledExecutorService meter = Executors.newSingleThreadScheduledExecutor();
        try (Cluster cluster = plan.start(EVIDENCE.folder(), SEED)) {
            AtomicLong most = new AtomicLong();
            ScheduledFuture<?> measuring = meter.scheduleWithFixedDelay(
                    () -> cluster.nodes()
                            .forEach(node -> most.accumulateAndGet(
                                    (long) node.api().metric("jvm_memory_used_bytes", "area=\"heap\""), Math::max)),
                    0,
                    500,
                    TimeUnit.MILLISECONDS);
            cluster.broker().blockAt("sent", OUTPUT_BYTES);
            cluster.pauseReading("sent", true);
            Iterator<String> lines =
                    IntStream.range(0, EVENTS).mapToObj(BackPressureIT::line).iterator();
            var publishing = cluster.publishing("parcels", lines, 0);
            publishing.await(LONG);
            long waiting = cluster.broker().depth("parcels");
            assertThat(waiting * BODY).as("bytes that wait on the broker").isGreaterThan(2L * HEAP_MB * 1024 * 1024);

            cluster.pauseReading("sent", false);
            cluster.awaitCount("a match of each event", EVENTS, LONG, match -> true);
            cluster.awaitDrained();
            measuring.cancel(false);

            System.out.printf(
                    "published=%d body=%d B backlog=%d events heap-limit=%d MB most-heap-used=%d MB seed=%s%n",
                    EVENTS, BODY, waiting, HEAP_MB, most.get() / (1024 * 1024), SEED);
            Verdict verdict = cluster.judge(EVENTS, expected());
            assertThat(verdict.complete()).as("%s", verdict).isTrue();
            assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
        } finally {
            meter.shutdownNow();
        }
    }

    private static SortedMap<Lane, List<String>> expected() {
        SortedMap<Lane, List<String>> expected = new TreeMap<>();
        for (int key = 0; key < KEYS; key++) {
            String sender = "s" + key;
            expected.put(
                    new Lane("parcels/default", sender),
                    IntStream.range(0, EVENTS / KEYS)
                            .mapToObj(seq -> Body.of(Map.of("sender", sender, "seq", seq)))
                            .toList());
        }
        return expected;
    }

    private static String line(int number) {
        return Body.of(
                Map.of("id", "p" + number, "sender", "s" + number % KEYS, "seq", number / KEYS, "padding", PADDING));
    }
}
