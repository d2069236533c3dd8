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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
    /** After how many events a node is killed, at the earliest. */
    private static final List<Integer> KILLS = List.of(FLIGHTS / 4, FLIGHTS * 3 / 4);
    /** Of events, until a survivor has read as far as the dead node had. */
    private static final int SLACK = 400;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private final Seed seed = Seed.ofRun();
    private final Random random = seed.random("source time");
    /** What is too late, and by how many ms. */
    private final Map<String, Long> late = new LinkedHashMap<>();

    /** Of what is too late, what is read soon after a kill: there a survivor may know a little less. */
    private final Set<String> afterKill = new HashSet<>();

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
            cluster.awaitPublished(publishing, KILLS.get(0));
            NodeProcess receiver = cluster.awaitReceiver("flights");
            cluster.kill(receiver);
            cluster.awaitPublished(publishing, FLIGHTS / 2);
            cluster.restart(receiver);
            cluster.awaitPublished(publishing, KILLS.get(1));
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
            for (Message message : queue.take(2 * LATE, SOON)) {
                String line = ((TextMessage) message).getText();
                assertThat(late).containsKey(line);
                assertThat(message.getStringProperty("evenkeelReason")).isEqualTo("LATE");
                long exact = late.getOrDefault(line, 0L);
                long told = message.getLongProperty("evenkeelLateMs");
                if (afterKill.contains(line)) {
                    assertThat(told).as("lateness of %s", line).isBetween(1L, exact);
                } else {
                    assertThat(told).as("lateness of %s", line).isEqualTo(exact);
                }
                queriesByEvent
                        .computeIfAbsent(message.getStringProperty("eventId"), id -> new ArrayList<>())
                        .add(message.getStringProperty("evenkeelQuery"));
            }
            assertThat(queue.take(1, Duration.ofSeconds(1)))
                    .as("once for each query")
                    .isEmpty();
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
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            long scheduled = Flights.scheduled(line);
            reachedMs = Math.max(reachedMs, scheduled - WAIT.toMillis());
            if (scheduled < reachedMs) {
                late.put(line, reachedMs - scheduled);
                int place = i;
                if (KILLS.stream().anyMatch(kill -> place >= kill && place < kill + SLACK)) {
                    afterKill.add(line);
                }
            } else {
                seen.add(line);
            }
        }
        seen.remove(seen.size() - 1);
        seen.sort(Comparator.comparingLong(Flights::scheduled));
        return Flights.expected(seen, reachedMs);
    }
}
