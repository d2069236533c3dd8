// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeApi;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Prints how long it took; the bound is wide, since machines are shared. With the history of the criterion:
 * {@code -Devenkeel.deploy.events=100000}. In many requests: {@code -Devenkeel.deploy.requests=true}.
 */
@DisplayName("Many instances at once")
class ManyInstancesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EVENTS = Integer.getInteger("evenkeel.deploy.events", 20_000);
    private static final int INSTANCES = Integer.getInteger("evenkeel.deploy.instances", 1_000);
    private static final Duration BOUND = Duration.ofSeconds(45);
    private static final String ONE = "one request";
    private static final int CLIENTS = Integer.getInteger("evenkeel.deploy.clients", 32);
    private static final int KEYS = 100;
    /** Keys that are looked at: enough for some to be every node's. */
    private static final int PROBED = 12;

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
        shouldBeLive(ONE, cluster -> {
            Answer answer = change(cluster);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().path("nodes").findValuesAsText("state"))
                    .containsOnly("APPLIED")
                    .hasSize(3);
        });
    }

    @Test
    @DisplayName(
            "D14 in as many requests of 32 clients: all nodes run them when all are answered, each knows the history")
    @EnabledIfSystemProperty(named = "evenkeel.deploy.requests", matches = "true")
    void shouldBeLiveOneByOne() {
        shouldBeLive("a request each", cluster -> {
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            try {
                List<Future<Answer>> answers = new ArrayList<>();
                for (int i = 0; i < INSTANCES; i++) {
                    NodeApi api = cluster.node("node-" + (1 + i % 3)).api();
                    String path = "/api/v1/queries/high/instances/i" + i;
                    String document = document(i);
                    answers.add(clients.submit(() -> api.change("PUT", path, document)));
                }
                for (Future<Answer> answer : answers) {
                    // 200 if it was said again, and was done the first time.
                    assertThat(answer.get(5, TimeUnit.MINUTES).status()).isIn(200, 201);
                }
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("Expected all instances to be put, but: " + e, e);
            } finally {
                clients.shutdownNow();
            }
        });
    }

    private static void shouldBeLive(String how, Consumer<Cluster> creation) {
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
                .start(EVIDENCE.folder().resolve(how.replace(' ', '-')), seed)) {
            cluster.publish("readings", lines);
            cluster.await("the history", SOON, () -> sequences(cluster) > 0);
            cluster.awaitDrained();

            long begun = System.nanoTime();
            creation.accept(cluster);
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(hashes(cluster)).hasSize(1);

            // Events that each of them matches, as often as their keys' histories say; keys of all nodes.
            cluster.publish(
                    "readings",
                    IntStream.range(0, PROBED)
                            .mapToObj(key -> line(EVENTS + key, key, LARGEST))
                            .toList());
            Map<String, Long> expected = new HashMap<>();
            for (int i = 0; i < INSTANCES; i++) {
                long[] counts = new long[PROBED];
                for (int event = 0; event < EVENTS; event++) {
                    if (event % KEYS < PROBED && amounts[event] >= least(i)) {
                        counts[event % KEYS]++;
                    }
                }
                for (int key = 0; key < PROBED; key++) {
                    if (counts[key] + 1 >= times(i)) {
                        expected.put("high/i" + i + " s" + key, counts[key] + 1);
                    }
                }
            }
            cluster.awaitMatches(expected.size(), SOON);
            List<ReceivedMatch> matches = cluster.matches();
            System.out.println("D14 " + how + " instances=" + INSTANCES + " events=" + EVENTS + " keys=" + KEYS
                    + " tookMs=" + took.toMillis() + " goal=5000 " + seed);
            assertThat(matches).hasSameSizeAs(expected.keySet());
            assertThat(matches.stream()
                            .collect(Collectors.toMap(
                                    match -> match.instance() + " " + match.key(),
                                    match -> Long.parseLong(match.body().replaceAll(".*\"n\":(\\d+).*", "$1")))))
                    .isEqualTo(expected);
            assertThat(took).isLessThan(how.equals(ONE) ? BOUND : BOUND.multipliedBy(10));
        }
    }

    private static String line(int number, int key, int amount) {
        return "{\"id\":\"e%d\",\"sensor\":\"s%d\",\"amount\":%d}".formatted(number, key, amount);
    }

    private static int least(int instance) {
        return LARGEST - 10 + instance % 10;
    }

    private static int times(int instance) {
        return 1 + instance / 100 % 2;
    }

    private static String document(int instance) {
        return "{query: high, instance: i%d, parameters: {least: %d, times: %d}}"
                .formatted(instance, least(instance), times(instance));
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
            changes.append("  - put: ").append(document(i)).append('\n');
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
