// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Body;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code -Devenkeel.faults.kills=100} for the long form. */
@DisplayName("The receiver is killed again and again:")
class ManyKillsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int KILLS = Integer.getInteger("evenkeel.faults.kills", 5);
    private static final int EVENTS_PER_KILL = 600;
    private static final int KEYS = 30;
    private static final int RATE = 300;
    private static final String FIRST = "readings";
    private static final String SECOND = "running";

    private static final String RUNNING_TYPE = """
            event: Running
            fields: {sensor: string, seq: integer, n: long, total: long}
            """;

    private static final String CHAINED = """
            query: chained
            inputs:
              - {event: Running, key: [sensor], within: 1 hour}
            epl: select sensor, seq, count(*) as m, sum(n) as ns from Running
            output: {event: Chained, to: "queue:chained"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    @Test
    @DisplayName("F3 N11 N2 nothing is dead-lettered, and a chain of two queries gives each match once and in order")
    void shouldDeadLetterNothing() {
        System.out.println("repeat: " + SEED.repeat(ManyKillsIT.class) + " -Devenkeel.faults.kills=" + KILLS);
        Random random = SEED.random("kills");
        Readings readings = new Readings();
        try (Cluster cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withDocuments(RUNNING_TYPE)
                .withDocuments(CHAINED)
                .withInput(FIRST, "Reading")
                .withChain(SECOND, "Running")
                .withOutput("chained")
                .start(EVIDENCE.folder(), SEED)) {
            for (int kill = 0; kill < KILLS; kill++) {
                Publishing publishing = cluster.publishing(FIRST, readings.lines(EVENTS_PER_KILL, KEYS, random), RATE);
                cluster.awaitPublished(publishing, EVENTS_PER_KILL / 4 + random.nextInt(EVENTS_PER_KILL / 4));
                // That of the first queue and that of the second in turn.
                NodeProcess victim = cluster.awaitActiveReceiver(kill % 2 == 0 ? FIRST : SECOND);
                cluster.kill(victim);
                publishing.await(SOON);
                cluster.restart(victim);
            }
            cluster.awaitMatches(readings.published(), SOON);
            cluster.awaitDrained();

            Verdict verdict = cluster.judge(readings.published(), chained(readings));
            System.out.println("kills=" + KILLS + " " + verdict.line());
            assertThat(verdict.complete()).as("%s", verdict).isTrue();
            assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
            assertThat(cluster.broker().depth("evenkeel.dead"))
                    .as("dead letters")
                    .isZero();
        }
    }

    /** By arithmetic: the n of a key's i-th match is i, and the sum of the first i numbers is known. */
    private static SortedMap<Lane, List<String>> chained(Readings readings) {
        SortedMap<Lane, List<String>> expected = new TreeMap<>();
        readings.running().forEach((lane, bodies) -> {
            List<String> chained = new ArrayList<>();
            for (int i = 1; i <= bodies.size(); i++) {
                chained.add(Body.of(Map.of("sensor", lane.key(), "seq", i - 1, "m", i, "ns", i * (i + 1) / 2)));
            }
            expected.put(new Lane("chained/default", lane.key()), chained);
        });
        return expected;
    }
}
