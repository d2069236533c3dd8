// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("An event counts once")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SameEventIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int KEYS = 20;

    private static final String BY_SITE = """
            query: by-site
            inputs:
              - {event: Alarm, key: [site], within: 1 hour}
            epl: select count(*) as n from Alarm
            output: {event: BySite, to: "queue:counts"}
            """;

    private static final String BY_LEVEL = """
            query: by-level
            inputs:
              - {event: Alarm, key: [level], within: 1 hour}
            epl: select count(*) as n from Alarm
            output: {event: ByLevel, to: "queue:counts"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static final Readings READINGS = new Readings();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withDocuments("event: Alarm\nfields: {id: string, site: string, level: integer}\n")
                .withDocuments(BY_SITE)
                .withDocuments(BY_LEVEL)
                .withInput("readings", "Reading")
                .withInput("alarms", "Alarm")
                .withOutput("running", "counts")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("Q11 in each of two queries with different keys")
    void shouldCountOnceInEachQuery() {
        List<String> alarms = List.of(
                alarm(1, "north", 1),
                alarm(2, "south", 1),
                alarm(3, "north", 2),
                alarm(4, "south", 2),
                alarm(5, "north", 1));
        cluster.publish("alarms", alarms);
        cluster.awaitCount("a match of each query for each alarm", 10, SOON, counts());
        cluster.awaitDrained();

        assertThat(bodies("by-site/default", "north")).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
        assertThat(bodies("by-site/default", "south")).containsExactly("{\"n\":1}", "{\"n\":2}");
        assertThat(bodies("by-level/default", "1")).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
        assertThat(bodies("by-level/default", "2")).containsExactly("{\"n\":1}", "{\"n\":2}");
    }

    @Test
    @Order(2)
    @DisplayName("F18 that is published twice under one eventId, also when a node is killed in between")
    void shouldCountRepeatOnce() {
        List<String> lines = READINGS.lines(100, KEYS, SEED.random("repeats"));
        cluster.publish("readings", lines);
        cluster.publish("readings", lines);
        var receiver = cluster.awaitReceiver("readings");
        cluster.kill(receiver);
        cluster.publish("readings", lines);
        cluster.restart(receiver);
        judge();
    }

    @Test
    @Order(3)
    @DisplayName("F18 that is published again after the broker was killed and came back, under load")
    void shouldCountRepeatOnceAcrossBrokerRestart() {
        Random random = SEED.random("broker");
        List<String> before = READINGS.lines(100, KEYS, random);
        cluster.publish("readings", before);
        List<String> during = READINGS.lines(1_000, KEYS, random);
        Publishing publishing = cluster.publishing("readings", during, 500);
        cluster.awaitPublished(publishing, 200);
        cluster.broker().kill();
        cluster.broker().restart();
        publishing.await(SOON);
        cluster.publish("readings", before);
        cluster.publish("readings", during.subList(0, 300));
        judge();
    }

    private static void judge() {
        cluster.awaitCount("matches of all readings", READINGS.published(), SOON, running());
        cluster.awaitDrained();
        Verdict verdict = cluster.judge(READINGS.published(), READINGS.running(), running());
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
    }

    private static Predicate<ReceivedMatch> running() {
        return match -> match.instance().equals(Readings.RUNNING_INSTANCE);
    }

    private static Predicate<ReceivedMatch> counts() {
        return match -> match.instance().startsWith("by-");
    }

    private static List<String> bodies(String instance, String key) {
        return cluster.matches().stream()
                .filter(match ->
                        match.instance().equals(instance) && match.key().equals(key))
                .map(ReceivedMatch::body)
                .toList();
    }

    private static String alarm(int id, String site, int level) {
        return "{\"id\":\"a%d\",\"site\":\"%s\",\"level\":%d}".formatted(id, site, level);
    }
}
