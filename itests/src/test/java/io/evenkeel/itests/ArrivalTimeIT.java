// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import io.evenkeel.itests.kit.oracle.Oracle;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The broker stamps each event once and gives it to two clusters and to the test: what a plain Esper makes of the recorded
 * times, each cluster is to make, too.
 */
@DisplayName("Matches in arrival time depend neither on shards nor on nodes")
class ArrivalTimeIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EVENTS = 1_600;
    private static final int RATE = 100;
    private static final int KEYS = 24;
    private static final Duration LONGEST_TIMER = Duration.ofSeconds(10);
    private static final String TYPE = "event: Step\nfields: {id: string, k: string, v: integer}\n";
    private static final Pattern LINE = Pattern.compile("\\{\"id\":\"(\\w+)\",\"k\":\"(\\w+)\",\"v\":(\\d+)}");

    /** By name; with the window of four seconds that {@code within} stands for, if there is one. */
    private static final SortedMap<String, String> QUERIES = new TreeMap<>(Map.of(
            "sums", "select id, sum(v) as s, count(*) as n from Step%s",
            "silent", "select a.id as a from pattern [every a=Step(v > 6) -> (timer:interval(2 sec) and not Step)]",
            "last", "select id, prev(1, v) as p from Step%s",
            "batches", "select sum(v) as s, count(*) as n from Step#time_batch(1 sec, 0L)"));

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    @Test
    @DisplayName(
            "Q13 sums, absences, previous events and batches of time on one node with one shard, and on three nodes with 32"
                    + " of which the receiver is killed, are those of one plain Esper for the times that the broker gave the events")
    void shouldGiveTheSameMatches() {
        Seed seed = Seed.ofRun();
        System.out.println("repeat: " + seed.repeat(ArrivalTimeIT.class));
        try (Cluster one = plan("steps", "of-one").withNodes(1).withShards(1).start(folder("one"), seed);
                Cluster three =
                        plan("copies", "of-three").withBroker(one.connection()).start(folder("three"), seed);
                RawQueue record = new RawQueue(one.connection(), "record")) {
            one.broker().copy("steps", "copies");
            one.broker().copy("steps", "record");

            Publishing load = one.publishing("steps", lines(seed.random("events")), RATE);
            one.awaitPublished(load, EVENTS / 2);
            NodeProcess victim = three.awaitReceiver("copies");
            three.kill(victim);
            three.restart(victim);
            load.await(SOON);

            SortedMap<Lane, List<String>> expected = expected(record.takeAll(EVENTS, SOON));
            assertThat(expected.keySet().stream().map(Lane::instance).distinct())
                    .as("queries of which the oracle knows matches, else this shows nothing")
                    .hasSize(QUERIES.size());
            judge(one, expected);
            judge(three, expected);
        }
    }

    private static ClusterPlan plan(String input, String output) {
        StringBuilder documents = new StringBuilder(TYPE);
        QUERIES.forEach((name, epl) -> documents
                .append("---\nquery: " + name + "\ninputs: [{event: Step, key: [k], within: 4 s}]\n")
                .append("epl: \"" + epl.formatted("") + "\"\noutput: {event: Seen, to: \"queue:" + output + "\"}\n"));
        return aCluster()
                .withDocuments(documents.toString())
                .withInput(input, "Step")
                .withOutput(output);
    }

    private static Path folder(String cluster) {
        return EVIDENCE.folder().resolve(cluster);
    }

    /** Some keys are seen all the time, others seldom. */
    private static List<String> lines(Random random) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            double rare = random.nextDouble();
            lines.add("{\"id\":\"e" + i + "\",\"k\":\"k" + (int) (KEYS * rare * rare * rare) + "\",\"v\":"
                    + random.nextInt(10) + "}");
        }
        return lines;
    }

    private static void judge(Cluster cluster, SortedMap<Lane, List<String>> expected) {
        cluster.awaitMatches(expected.values().stream().mapToInt(List::size).sum(), SOON);
        cluster.awaitDrained();
        Verdict verdict = cluster.judge(EVENTS, expected);
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder())
                .as("lanes in another order; those of timers have none among sessions")
                .noneMatch(lane -> lane.startsWith("sums") || lane.startsWith("last"));
    }

    private static SortedMap<Lane, List<String>> expected(List<Message> recorded) {
        Map<String, Class<?>> fields = new LinkedHashMap<>();
        fields.put("id", String.class);
        fields.put("k", String.class);
        fields.put("v", Integer.class);
        long start = takenAt(recorded.get(0));
        SortedMap<Lane, List<String>> expected = new TreeMap<>();
        QUERIES.forEach((name, epl) -> {
            try (Oracle oracle = new Oracle("Step", fields, epl.formatted("#time(4)"), start)) {
                long now = start;
                for (Message message : recorded) {
                    now = Math.max(now, takenAt(message));
                    oracle.advanceTo(now);
                    MatchResult line = line(message);
                    oracle.apply("Step", line.group(2), line.group(1), line.group(2), Integer.valueOf(line.group(3)));
                }
                oracle.advanceTo(now + LONGEST_TIMER.toMillis());
                oracle.bodies().forEach((key, bodies) -> expected.put(new Lane(name + "/default", key), bodies));
            }
        });
        return expected;
    }

    /** In ms since the epoch, by the broker's clock. */
    private static long takenAt(Message message) {
        try {
            return message.getLongProperty("_AMQ_INGRESS_TIMESTAMP");
        } catch (JMSException e) {
            throw new AssertionError("Expected the broker to have stamped " + message + ", but: " + e, e);
        }
    }

    private static MatchResult line(Message message) {
        try {
            return LINE.matcher(((TextMessage) message).getText())
                    .results()
                    .findFirst()
                    .orElseThrow();
        } catch (JMSException e) {
            throw new AssertionError("Expected to read " + message + ", but: " + e, e);
        }
    }
}
