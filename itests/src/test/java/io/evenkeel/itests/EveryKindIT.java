// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import io.evenkeel.itests.kit.oracle.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Every kind of EPL")
class EveryKindIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int EVENTS = 900;
    private static final int KEYS = 10;
    private static final int RATE = 300;
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final String END = "end";

    /** A query by what is in it, and the same for a plain Esper with its windows written out. */
    private record Kind(String name, String epl, String oracle) {
        boolean readsBoth() {
            return epl.contains("Mark");
        }

        String document() {
            return "---\nquery: " + name + "\ninputs:\n"
                    + "  - {event: Step, key: [k], within: 60 s, timeFrom: at}\n"
                    + (readsBoth() ? "  - {event: Mark, key: [k], within: 60 s, timeFrom: at}\n" : "")
                    + "epl: \"" + epl + "\"\noutput: {event: Kind, to: \"queue:kinds\"}\n";
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind("filter", "select id, v from Step where v > 6", "select id, v from Step where v > 6"),
            new Kind(
                    "aggregate",
                    "select id, sum(v) as s, count(*) as n from Step",
                    "select id, sum(v) as s, count(*) as n from Step#time(60)"),
            new Kind(
                    "groups",
                    "select v % 3 as g, count(*) as n from Step group by v % 3",
                    "select v % 3 as g, count(*) as n from Step#time(60) group by v % 3"),
            new Kind(
                    "joined",
                    "select a.id as a, b.id as b from Step as a, Mark as b where a.v = b.v",
                    "select a.id as a, b.id as b from Step#time(60) as a, Mark#time(60) as b where a.v = b.v"),
            new Kind(
                    "sequence",
                    "select a.id as a, b.id as b from pattern [every a=Step(v > 6) -> b=Mark(v > 3) where timer:within(20 sec)]",
                    "select a.id as a, b.id as b from pattern [every a=Step(v > 6) -> b=Mark(v > 3) where timer:within(20 sec)]"),
            new Kind(
                    "absence",
                    "select a.id as a from pattern [every a=Step(v > 6) -> (timer:interval(15 sec) and not Mark)]",
                    "select a.id as a from pattern [every a=Step(v > 6) -> (timer:interval(15 sec) and not Mark)]"),
            new Kind(
                    "rows",
                    "select * from Step match_recognize (measures X.id as x, last(Y.id) as y"
                            + " after match skip to next row pattern (X Y+) define Y as Y.v > prev(Y.v))",
                    "select * from Step#time(60) match_recognize (measures X.id as x, last(Y.id) as y"
                            + " after match skip to next row pattern (X Y+) define Y as Y.v > prev(Y.v))"),
            new Kind(
                    "chain",
                    "insert into H select id, v * 2 as u from Step where v > 2; select sum(u) as s, count(*) as n from H#time(20)",
                    "insert into H select id, v * 2 as u from Step where v > 2; select sum(u) as s, count(*) as n from H#time(20)"),
            new Kind(
                    "batches",
                    "select sum(v) as s, count(*) as n from Step#time_batch(10 sec, 0L)",
                    "select sum(v) as s, count(*) as n from Step#time_batch(10 sec, 0L)"),
            new Kind(
                    "subquery",
                    "select id, (select max(v) from Mark) as m from Step",
                    "select id, (select max(v) from Mark#time(60)) as m from Step"));

    /** What neither a timer nor a watermark of two queues can cause: those commit in sessions of their own. */
    private static final List<String> BY_ONE_QUEUE = List.of("filter/", "rows/");

    private record Told(String event, String id, String key, int value, long at) {
        String line() {
            return "{\"id\":\"" + id + "\",\"k\":\"" + key + "\",\"v\":" + value + ",\"at\":\""
                    + Instant.ofEpochMilli(at) + "\"}";
        }
    }

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    @ParameterizedTest(name = "{0} nodes, {1} killed")
    @DisplayName("Q1 filter, aggregate, groups, join, sequence, absence, match_recognize, chain, batches, subquery:"
            + " the matches of one plain Esper on")
    @CsvSource({"1, 0", "2, 0", "2, 1", "4, 0", "4, 1"})
    void shouldGiveWhatEsperGives(int nodes, int kills) {
        Seed seed = Seed.ofRun();
        System.out.println("repeat: " + seed.repeat(EveryKindIT.class));
        List<Told> events = events(seed.random("events"));
        SortedMap<Lane, List<String>> expected = expected(events);
        assertThat(expected.keySet().stream().map(Lane::instance).distinct())
                .as("kinds of which the oracle knows matches, else this shows nothing")
                .hasSize(KINDS.size());
        StringBuilder documents =
                new StringBuilder("event: Step\nfields: {id: string, k: string, v: integer, at: timestamp}\n"
                        + "---\nevent: Mark\nfields: {id: string, k: string, v: integer, at: timestamp}\n");
        KINDS.forEach(kind -> documents.append(kind.document()));
        try (Cluster cluster = aCluster()
                .withNodes(nodes)
                .withShards(8)
                .withDocuments(documents.toString())
                .withInput("steps", "Step")
                .withInput("marks", "Mark")
                .withOutput("kinds")
                .start(EVIDENCE.folder().resolve("of-" + nodes + "-" + kills), seed)) {
            Publishing steps = cluster.publishing("steps", lines(events, "Step"), RATE);
            Publishing marks = cluster.publishing("marks", lines(events, "Mark"), RATE);
            for (int i = 0; i < kills; i++) {
                cluster.awaitPublished(steps, EVENTS / 4);
                NodeProcess victim = cluster.awaitReceiver("steps");
                cluster.kill(victim);
                cluster.awaitPublished(steps, EVENTS / 3);
                cluster.restart(victim);
            }
            steps.await(SOON);
            marks.await(SOON);

            cluster.awaitMatches(expected.values().stream().mapToInt(List::size).sum(), SOON);
            cluster.awaitDrained();
            Verdict verdict = cluster.judge(events.size(), expected);
            assertThat(verdict.complete()).as("%s", verdict).isTrue();
            assertThat(verdict.disorder())
                    .as("matches out of order, of kinds of which one session of one queue sends all")
                    .noneMatch(lane -> BY_ONE_QUEUE.stream().anyMatch(lane::startsWith));
        }
    }

    private static List<String> lines(List<Told> events, String type) {
        return events.stream()
                .filter(told -> told.event().equals(type))
                .map(Told::line)
                .toList();
    }

    /** In order of time, no two at the same; at last one of each type that lets all others go. */
    private static List<Told> events(Random random) {
        List<Told> events = new ArrayList<>();
        long at = START;
        for (int i = 0; i < EVENTS; i++) {
            at += 50 + random.nextInt(900);
            events.add(new Told(
                    random.nextInt(3) > 0 ? "Step" : "Mark",
                    "e" + i,
                    "k" + random.nextInt(KEYS),
                    random.nextInt(10),
                    at));
        }
        at += Duration.ofHours(1).toMillis();
        events.add(new Told("Step", "last", END, 0, at));
        events.add(new Told("Mark", "last", END, 0, at));
        return events;
    }

    private static SortedMap<Lane, List<String>> expected(List<Told> events) {
        Map<String, Class<?>> fields = new LinkedHashMap<>();
        fields.put("id", String.class);
        fields.put("k", String.class);
        fields.put("v", Integer.class);
        fields.put("at", Long.class);
        SortedMap<Lane, List<String>> expected = new TreeMap<>();
        for (Kind kind : KINDS) {
            try (Oracle oracle = new Oracle(Map.of("Step", fields, "Mark", fields), kind.oracle(), START)) {
                for (Told told : events) {
                    oracle.advanceTo(told.at());
                    // With two inputs, an event at the watermark waits: another of its time may still come.
                    boolean shown = kind.readsBoth()
                            ? !told.key().equals(END)
                            : told.event().equals("Step");
                    if (shown) {
                        oracle.apply(told.event(), told.key(), told.id(), told.key(), told.value(), told.at());
                    }
                }
                oracle.bodies().forEach((key, bodies) -> expected.put(new Lane(kind.name() + "/default", key), bodies));
            }
        }
        return expected;
    }
}
