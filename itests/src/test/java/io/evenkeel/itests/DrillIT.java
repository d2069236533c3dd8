// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cli;
import io.evenkeel.itests.kit.Cli.Said;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command, as an operator types it, against a cluster that has work of its own. */
@DisplayName("A drill on a running cluster:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrillIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final String GOOD = "Each match came once and in order";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput("readings", "Reading")
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("does nothing unless it is told yes")
    void shouldAskFirst() {
        Said said = drill("--kill");

        assertThat(said.exitCode()).as(said.text()).isEqualTo(2);
        assertThat(said.text()).contains("kills the node that receives readings", "Nothing was done", "--yes");
        assertThat(cluster.nodes()).allMatch(NodeProcess::isAlive);
    }

    @Test
    @Order(2)
    @DisplayName("N2 kills the node that receives, finds each match once, and leaves no definition behind")
    void shouldKillOne() {
        FaultRun work = new FaultRun(cluster, "work-", 700, 70);
        cluster.nodes().forEach(NodeProcess::expectEnd);
        Said said = drill("--kill", "--yes", "--events", "900");

        assertThat(said.exitCode()).as(said.text()).isZero();
        assertThat(said.text()).contains("kill -KILL", GOOD).containsPattern("matches received +900");
        assertThat(cluster.nodes().stream().filter(NodeProcess::isAlive)).hasSize(2);
        work.end();
        assertNothingIsLeft();
        cluster.restartDead();
    }

    @Test
    @Order(3)
    @DisplayName("F6 freezes the node that it is told, lets it go on, and finds each match once")
    void shouldFreezeOne() {
        Said said = drill("--freeze", "--for", "2 seconds", "--node", "node-2", "--yes", "--events", "600");

        assertThat(said.exitCode()).as(said.text()).isZero();
        assertThat(said.text()).contains("kill -STOP", "kill -CONT", "node-2", GOOD);
        assertThat(cluster.nodes()).allMatch(NodeProcess::isAlive);
        cluster.awaitWhole();
        assertNothingIsLeft();
    }

    @Test
    @Order(4)
    @DisplayName("negative control: a match that somebody takes away is found to be lost, and the drill ends with 1")
    void shouldFindWhatIsLost() {
        Cli.Running drill = start(
                "--freeze",
                "--for",
                "1 second",
                "--node",
                "node-3",
                "--yes",
                "--events",
                "300",
                "--patience",
                "6 seconds");
        try {
            cluster.broker().steal("evenkeel.drill", SOON);
            Said said = end(drill);

            assertThat(said.exitCode()).as(said.text()).isEqualTo(1);
            assertThat(said.text()).contains("NOT GOOD").containsPattern("lost +[1-9]");
        } finally {
            drill.process().destroyForcibly();
        }
        assertNothingIsLeft();
    }

    @Test
    @Order(5)
    @DisplayName("cuts nobody off who shares the network of the host with all the others")
    void shouldNotCutTheHost() {
        Said said = drill("--cut", "--yes");

        assertThat(said.exitCode()).as(said.text()).isEqualTo(1);
        assertThat(said.text()).contains("to have a network of its own", "--freeze");
        assertNothingIsLeft();
    }

    @Test
    @Order(6)
    @DisplayName("hurts nobody if the cluster could not commit without a node")
    void shouldRefuseWhereItWouldBeAnOutage() {
        NodeProcess gone = cluster.nodes().get(2);
        gone.stop();
        cluster.awaitSafe(2);
        Said said = drill("--kill", "--yes");

        assertThat(said.exitCode()).as(said.text()).isEqualTo(1);
        assertThat(said.text()).contains("Expected the cluster to go on without a node");
        assertThat(cluster.nodes().stream().filter(NodeProcess::isAlive)).hasSize(2);
    }

    private static void assertNothingIsLeft() {
        assertThat(cluster.nodes().stream()
                        .filter(NodeProcess::isAlive)
                        .map(node -> node.api()
                                        .get("/api/v1/queries")
                                        .orElseThrow()
                                        .body()
                                + node.api().get("/api/v1/events").orElseThrow().body()))
                .as("definitions")
                .isNotEmpty()
                .allSatisfy(definitions ->
                        assertThat(definitions).contains("running").doesNotContainIgnoringCase("drill"));
    }

    private static Said drill(String... options) {
        return end(start(options));
    }

    private static Cli.Running start(String... options) {
        List<String> command = new ArrayList<>(List.of("drill"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "--url",
                String.join(
                        ",",
                        cluster.nodes().stream().map(node -> node.api().url()).toList()),
                "--broker-url",
                cluster.connection().url(),
                "--password-file",
                cluster.connection().passwordFile().toString()));
        return new Cli(EVIDENCE.folder().resolve("drill")).start(command);
    }

    private static Said end(Cli.Running drill) {
        Said said = drill.end(LIMIT);
        System.out.println(said.text());
        return said;
    }
}
