// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.ClusterPlan;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.Seed;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A good cluster of nodes that must guarantee no-loss, which is then weakened; and one that is weak from the beginning. */
@DisplayName("What is guaranteed, and what weakens it:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuaranteeIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int WRONG_USE = 2;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = plan().withOutput("running")
                .withArguments("--require", "no-loss")
                .start(EVIDENCE.folder(), SEED);
    }

    private static ClusterPlan plan() {
        return aCluster()
                .withNodes(2)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput("readings", "Reading");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "negative control: nodes that require no-loss start on a good broker, and nothing is said to weaken it")
    void shouldStartWhenAllIsWell() {
        JsonNode guarantees = guaranteesWhen(
                cluster,
                "all brokers to be checked",
                found -> found.path("noLoss").asBoolean() && !found.toString().contains("not checked yet"));

        assertThat(guarantees.path("weaknesses")).isEmpty();
        assertThat(guarantees.path("facts").toString())
                .contains(
                        "each log entry is on 2 nodes",
                        "keeps all promised settings",
                        "APP_CONTROLLED STRICT",
                        "PERSISTENT");
    }

    @Test
    @Order(2)
    @DisplayName("N16 a query that is outside the guarantee is named in the answer when it is put, and in cluster")
    void shouldNameTheQuery() {
        NodeProcess node = cluster.nodes().get(0);
        Answer answer = node.api()
                .change(
                        "PUT",
                        "/api/v1/queries/loud",
                        Readings.RUNNING
                                .replace("query: running", "query: loud")
                                .replace("queue:running", "topic:loud"));

        assertThat(answer.header("Evenkeel-Weakness")).contains("OUTPUT_IS_TOPIC", "query loud", "topic:loud");
        JsonNode named = weakness(cluster, "OUTPUT_IS_TOPIC");
        assertThat(named.path("subject").asText()).isEqualTo("output of query loud");
        assertThat(named.path("remedy").asText()).contains("queue");
        node.api().change("DELETE", "/api/v1/queries/loud?cascade=true", "");
        guaranteesWhen(
                cluster,
                "the name to go with the query",
                found -> found.path("noLoss").asBoolean());
    }

    @Test
    @Order(3)
    @DisplayName("a broker's setting that breaks a promise is named, and a node that requires no-loss ends with 2")
    void shouldNotRunBelowIt() {
        cluster.broker().change("readings", "{\"expiryDelay\":1000,\"noExpiry\":false,\"maxDeliveryAttempts\":10}");
        NodeProcess refused = cluster.nodes().get(1);
        refused.stop();
        refused.start();
        refused.expectEnd();

        assertThat(cluster.awaitDeath(refused, SOON)).isEqualTo(WRONG_USE);
        assertThat(refused.tail())
                .contains(
                        "Expected the guarantee no-loss",
                        "BROKER_SETTING",
                        "readings: max-delivery-attempts",
                        "is 10 instead of -1",
                        "Set <max-delivery-attempts>-1</max-delivery-attempts>");
    }

    @Test
    @Order(4)
    @DisplayName(
            "N16 no backups and a sender that is not persistent are named with the query; its matches are not persistent")
    void shouldNameWhatIsWeak() throws JMSException {
        try (Cluster weak = plan().withBackups(0)
                .withNonPersistent("running")
                .start(EVIDENCE.folder().resolve("weak"), SEED)) {
            assertThat(weakness(weak, "NO_BACKUPS").path("subject").asText()).isEqualTo("cluster.backups");
            assertThat(weakness(weak, "NON_PERSISTENT_SENDER").path("found").asText())
                    .isEqualTo("NON_PERSISTENT");
            assertThat(weakness(weak, "OUTPUT_NOT_PERSISTENT").path("subject").asText())
                    .isEqualTo("output of query running");

            // Said once the brokers have been looked at.
            weak.await(
                    "those to be named in the logs",
                    SOON,
                    () -> weak.nodes().stream().allMatch(node -> node.logged("Guarantee weakened: NO_BACKUPS") > 0));
            weak.publish("readings", List.of(new Readings().reading("one", 1).json()));
            try (RawQueue matches = new RawQueue(weak.connection(), "running")) {
                List<Message> taken = matches.take(1, SOON);
                assertThat(taken).hasSize(1);
                assertThat(taken.get(0).getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
            }
        }
    }

    private interface Seen {
        boolean in(JsonNode guarantees);
    }

    private static JsonNode guaranteesWhen(Cluster of, String what, Seen seen) {
        of.await(
                what,
                SOON,
                () -> of.status()
                        .filter(status -> seen.in(status.path("guarantees")))
                        .isPresent());
        return of.status().orElseThrow().path("guarantees");
    }

    private static JsonNode weakness(Cluster of, String name) {
        JsonNode guarantees = guaranteesWhen(of, name + " to be named", found -> named(found, name));
        assertThat(guarantees.path("noLoss").asBoolean()).isFalse();
        return StreamSupport.stream(guarantees.path("weaknesses").spliterator(), false)
                .filter(weakness -> weakness.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static boolean named(JsonNode guarantees, String name) {
        return guarantees.path("weaknesses").toString().contains('"' + name + '"');
    }
}
