// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * By flag only, since its goal of 5 s is not met yet (docs/guarantees.md): {@code -Devenkeel.deploy.instances=1000
 * -Devenkeel.deploy.events=100000}. The bound is wide; it prints how long it took.
 */
@DisplayName("Many instances at once")
@EnabledIfSystemProperty(named = "evenkeel.deploy.instances", matches = "\\d+")
class ManyInstancesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EVENTS = Integer.getInteger("evenkeel.deploy.events", 20_000);
    private static final int INSTANCES = Integer.getInteger("evenkeel.deploy.instances", 100);
    private static final Duration BOUND = Duration.ofSeconds(20 + INSTANCES / 4);
    private static final int KEYS = 100;
    private static final int LARGEST = 1_000;
    private static final String DOCUMENTS = """
            event: Reading
            fields: {id: string, sensor: string, amount: integer}
            ---
            query: high
            parameters:
              least: {type: integer, default: 100000}
              times: {type: integer, default: 1}
            inputs: [{event: Reading, key: [sensor], within: 1 hour}]
            epl: |
              select id, count(*) as n, avg(amount) as mean
              from Reading where amount >= ?:least
              having count(*) >= ?:times
            output: {event: High, to: "queue:high"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    @Test
    @DisplayName("D14 in one request: all nodes run them when it is answered, and each knows the history")
    void shouldBeLiveAtOnce() {
        Seed seed = Seed.ofRun();
        System.out.println("repeat: " + seed.repeat(ManyInstancesIT.class));
        Random random = seed.random("history");
        int[] amounts = new int[EVENTS];
        List<String> lines = new ArrayList<>(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            amounts[i] = random.nextInt(LARGEST);
            lines.add(line(i, i % KEYS, amounts[i]));
        }
        try (Cluster cluster = aCluster()
                .withDocuments(DOCUMENTS)
                .withInput("readings", "Reading")
                .withOutput("high")
                .start(EVIDENCE.folder(), seed)) {
            cluster.publish("readings", lines);
            cluster.await("the history", SOON, () -> sequences(cluster) > 0);
            cluster.awaitDrained();

            long begun = System.nanoTime();
            Answer answer = change(cluster);
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().path("nodes").findValuesAsText("state"))
                    .containsOnly("APPLIED")
                    .hasSize(3);
            assertThat(hashes(cluster)).hasSize(1);

            // One event that each of them matches, as often as its key's history says.
            cluster.publish("readings", List.of(line(EVENTS, 7, LARGEST)));
            cluster.awaitMatches(INSTANCES, SOON);
            List<ReceivedMatch> matches = cluster.matches();
            System.out.println("D14 instances=" + INSTANCES + " events=" + EVENTS + " keys=" + KEYS + " tookMs="
                    + took.toMillis() + " goal=5000 " + seed);
            assertThat(matches).hasSize(INSTANCES);
            assertThat(matches.stream()
                            .collect(Collectors.toMap(
                                    ReceivedMatch::instance,
                                    match -> match.body().replaceAll(".*\"n\":(\\d+).*", "$1"))))
                    .isEqualTo(IntStream.range(0, INSTANCES)
                            .boxed()
                            .collect(Collectors.toMap(
                                    i -> "high/i" + i,
                                    i -> Long.toString(1
                                            + IntStream.range(0, EVENTS)
                                                    .filter(event -> event % KEYS == 7 && amounts[event] >= least(i))
                                                    .count()))));
            assertThat(took).isLessThan(BOUND);
        }
    }

    private static String line(int number, int key, int amount) {
        return "{\"id\":\"e%d\",\"sensor\":\"s%d\",\"amount\":%d}".formatted(number, key, amount);
    }

    private static int least(int instance) {
        return LARGEST - 10 + instance % 10;
    }

    /** As a client does: until it is told that it is done. */
    private static Answer change(Cluster cluster) {
        List<Answer> answers = new ArrayList<>();
        cluster.await("the change to be made", BOUND.multipliedBy(2), () -> {
            cluster.node("node-2")
                    .api()
                    .send("POST", "/api/v1/changes", change(), "Idempotency-Key", "many")
                    .filter(answer -> answer.status() != 503)
                    .ifPresent(answers::add);
            return !answers.isEmpty();
        });
        return answers.get(0);
    }

    private static String change() {
        StringBuilder changes = new StringBuilder("changes:\n");
        for (int i = 0; i < INSTANCES; i++) {
            changes.append("  - put: {query: high, instance: i%d, parameters: {least: %d, times: %d}}%n"
                    .formatted(i, least(i), 1 + i / 100 % 2));
        }
        return changes.toString();
    }

    private static long sequences(Cluster cluster) {
        return cluster.status()
                .map(status -> status.path("shards").findValues("sequence").stream()
                        .mapToLong(value -> value.asLong())
                        .sum())
                .orElse(0L);
    }

    private static TreeSet<String> hashes(Cluster cluster) {
        return new TreeSet<>(cluster.status().orElseThrow().path("members").findValuesAsText("catalogHash"));
    }
}
