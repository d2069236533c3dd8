// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Matches in source time depend neither on shards nor on nodes")
class ShardCountIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Flights FLIGHTS = new Flights(4_000);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static SortedMap<Lane, List<String>> expected;

    @BeforeAll
    static void ask() {
        expected = FLIGHTS.expected();
        assertThat(expected.keySet().stream().map(Lane::instance).distinct())
                .as("queries of which the oracle knows matches, else this shows nothing")
                .hasSize(2);
    }

    @ParameterizedTest(name = "{0} nodes, {1} shards")
    @DisplayName("Q13 absences and aggregates are those of one plain Esper:")
    @CsvSource({"1, 1", "1, 8", "1, 271", "3, 1", "3, 32", "3, 271"})
    void shouldGiveTheSameMatches(int nodes, int shards) {
        try (Cluster cluster = aCluster()
                .withNodes(nodes)
                .withShards(shards)
                .withDocuments(Flights.DOCUMENTS)
                .withInput("flights", "Flight")
                .withOutput("late-airports", "quiet-airports")
                .start(EVIDENCE.folder().resolve(nodes + "x" + shards), Seed.ofRun())) {
            cluster.publish("flights", FLIGHTS.lines());

            cluster.awaitMatches(expected.values().stream().mapToInt(List::size).sum(), SOON);
            cluster.awaitDrained();
            Verdict verdict = cluster.judge(FLIGHTS.lines().size(), expected);
            assertThat(verdict.complete()).as("%s", verdict).isTrue();
            assertThat(verdict.disorder())
                    .as("lanes in another order; those of timers have none among nodes")
                    .noneMatch(lane -> lane.startsWith("late-airport"));
        }
    }
}
