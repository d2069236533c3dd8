// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Source time with a wait")
class SourceTimeIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration WAIT = Duration.ofHours(12);
    private static final int FLIGHTS = 3_000;
    private static final int LATE = 12;
    /** A survivor may not know the last tenth of a second of source time, which is a day or two at this rate. */
    private static final int LATE_BY_EVENTS = 500;

    private static final int RATE = 500;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private final Seed seed = Seed.ofRun();
    private final Random random = seed.random("source time");
    private final List<String> late = new ArrayList<>();
    private long reachedMs = Long.MIN_VALUE;

    @Test
    @DisplayName(
            "N14 Q5 kill -9 of receiver and owner while events are held: matches are those of the ordered sequence,"
                    + " and what was too late is in .late once for each query")
    void shouldLoseNothingThatIsHeld() throws Exception {
        System.out.println("repeat: " + seed.repeat(SourceTimeIT.class));
        List<String> lines = published();
        SortedMap<Lane, List<String>> expected = expected(lines);
        assertThat(late).as("events that are too late, else this shows nothing").hasSize(LATE);

        try (Cluster cluster = aCluster()
                .withDocuments(Flights.DOCUMENTS.replace("timeFrom: scheduled", "timeFrom: scheduled, wait: 12 hours"))
                .withInput("flights", "Flight")
                .withBatch(100)
                .withOutput("late-airports", "quiet-airports")
                .start(EVIDENCE.folder(), seed)) {
            Publishing publishing = cluster.publishing("flights", lines, RATE);
            cluster.awaitPublished(publishing, FLIGHTS / 4);
            NodeProcess receiver = cluster.awaitReceiver("flights");
            cluster.kill(receiver);
            cluster.awaitPublished(publishing, FLIGHTS / 2);
            cluster.restart(receiver);
            cluster.awaitPublished(publishing, FLIGHTS * 3 / 4);
            NodeProcess other = cluster.nodes().stream()
                    .filter(node -> node != receiver)
                    .findFirst()
                    .orElseThrow();
            cluster.kill(other);
            publishing.await(SOON);

            cluster.awaitMatches(expected.values().stream().mapToInt(List::size).sum(), SOON);
            cluster.awaitDrained();
            Verdict verdict = cluster.judge(lines.size(), expected);
            assertThat(verdict.complete()).as("%s", verdict).isTrue();
            assertLate(cluster);
        }
    }

    private void assertLate(Cluster cluster) throws JMSException {
        try (RawQueue queue = new RawQueue(cluster.connection(), "flights.late")) {
            Map<String, List<String>> queriesByEvent = new TreeMap<>();
            for (Message message : queue.take(2 * LATE + 1, Duration.ofSeconds(2))) {
                assertThat(message.getStringProperty("evenkeelReason")).isEqualTo("LATE");
                assertThat(message.getLongProperty("evenkeelLateMs")).isPositive();
                assertThat(late).contains(((TextMessage) message).getText());
                queriesByEvent
                        .computeIfAbsent(message.getStringProperty("eventId"), id -> new ArrayList<>())
                        .add(message.getStringProperty("evenkeelQuery"));
            }
            assertThat(queriesByEvent).hasSize(LATE);
            assertThat(queriesByEvent.values())
                    .allSatisfy(
                            queries -> assertThat(queries).containsExactlyInAnyOrder("late-airport", "quiet-airport"));
        }
    }

    /** Out of order by less than the wait; some far behind; at last one that lets all others go. */
    private List<String> published() {
        Map<String, Long> places = new LinkedHashMap<>();
        List<String> flights = new Flights(FLIGHTS).lines();
        flights.forEach(
                line -> places.put(line, Flights.scheduled(line) + (long) (random.nextDouble() * WAIT.toMillis())));
        List<String> lines = new ArrayList<>(flights);
        lines.sort(Comparator.comparingLong(line -> places.getOrDefault(line, 0L)));
        for (int i = 0; i < LATE; i++) {
            int from = 100 + random.nextInt(FLIGHTS - LATE_BY_EVENTS - 200);
            lines.add(from + LATE_BY_EVENTS, lines.remove(from));
        }
        lines.add("{\"id\":\"last\",\"scheduled\":\"2002-01-01T00:00Z\",\"origin\":\"ZZZ\",\"destination\":\"ZZZ\","
                + "\"delay\":0,\"distance\":0}");
        return lines;
    }

    private SortedMap<Lane, List<String>> expected(List<String> lines) {
        List<String> seen = new ArrayList<>();
        for (String line : lines) {
            long scheduled = Flights.scheduled(line);
            reachedMs = Math.max(reachedMs, scheduled - WAIT.toMillis());
            if (scheduled < reachedMs) {
                late.add(line);
            } else {
                seen.add(line);
            }
        }
        seen.remove(seen.size() - 1);
        seen.sort(Comparator.comparingLong(Flights::scheduled));
        return Flights.expected(seen, reachedMs);
    }
}
