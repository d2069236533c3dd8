// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Events go in, matches come out")
class FirstMatchIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private final Readings readings = new Readings();

    @Test
    @DisplayName("of one node with one query")
    void shouldGiveOneMatch() {
        try (Cluster cluster = aCluster()
                .withNodes(1)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput("readings", "Reading")
                .withOutput("running")
                .start(EVIDENCE.folder().resolve("one"), Seed.ofRun())) {
            cluster.publish("readings", List.of(readings.reading("s1", 42).json()));

            cluster.awaitMatches(1, SOON);
            cluster.awaitDrained();
            Verdict verdict = cluster.judge(readings.published(), readings.running());
            assertThat(verdict.complete()).as("%s", verdict).isTrue();
            ReceivedMatch match = cluster.matches().get(0);
            assertThat(match.body()).isEqualTo("{\"n\":1,\"sensor\":\"s1\",\"seq\":0,\"total\":42}");
            assertThat(match.key()).isEqualTo("s1");
            assertThat(match.matchId()).startsWith("running").contains(match.cause());
        }
    }
}
