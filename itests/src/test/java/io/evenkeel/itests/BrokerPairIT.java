// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.broker.BrokerAddress;
import io.evenkeel.broker.BrokerFiles;
import io.evenkeel.broker.BrokerFilesPlan;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.broker.BrokerTls;
import io.evenkeel.itests.kit.BrokerPair;
import io.evenkeel.itests.kit.Cli;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real distribution, with the files that we write for it: two brokers on one store, and nodes that reach them by TLS. */
@DisplayName("A pair of brokers:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrokerPairIT {
    private static final int RATE = 400;
    private static final int EVENTS = 3_200;
    private static final int BEFORE = 800;
    private static final long MOST_SILENCE_MS = 10_000;
    /** From the last match before the fault to the first one after it, takeover included. */
    private static final long MOST_SILENCE_IN_ALL_MS = Limits.strictly(10_000, 30_000);

    private static final Duration SOON = Duration.ofMinutes(1);
    /** Longer than the time to live of a connection: the broker has forgotten all clients when it goes on. */
    private static final Duration FREEZE = Duration.ofSeconds(8);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static BrokerPair pair;
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(BrokerPairIT.class));
        pair = BrokerPair.start(EVIDENCE.folder());
        cluster = aCluster()
                .withBroker(pair.connection())
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(FaultRun.QUEUE, "Reading")
                .withBatch(100)
                .withOutput("running")
                .start(EVIDENCE.folder(), SEED);
        cluster.rejectErrorsOf(pair::newErrors);
    }

    /** The nodes end first; what a failed start did not come to is null, and left out. */
    @AfterAll
    static void stop() {
        BrokerPair second = pair;
        Cluster first = cluster;
        try (second;
                first) {}
    }

    @Test
    @Order(1)
    @DisplayName("each setting of the distribution keeps what is promised, and nothing is said to weaken the guarantee")
    void shouldKeepEveryPromise() {
        cluster.awaitNoWeakness(SOON);
    }

    @Test
    @Order(2)
    @DisplayName(
            "F10 N15 the primary is killed: the backup takes over, nothing is lost or doubled, matches come within 10 s;"
                    + " the primary comes back and waits")
    void shouldGoOnWithBackup() {
        FaultRun run = new FaultRun(cluster, "kill-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long killed = System.nanoTime();
        pair.primary().kill();
        long serves = pair.backup().awaitServing();
        pair.primary().start();
        run.endAfterReturn(killed, serves, MOST_SILENCE_MS);
        run.assertSilence(MOST_SILENCE_IN_ALL_MS);
        pair.primary().awaitWaiting();
        cluster.awaitNoWeakness(SOON);
    }

    @Test
    @Order(3)
    @DisplayName("F10 N15 the broker that serves is told to stop: the other one takes over, nothing is lost or doubled")
    void shouldHandOver() {
        FaultRun run = new FaultRun(cluster, "stop-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long stopped = System.nanoTime();
        pair.backup().stop();
        long serves = pair.primary().awaitServing();
        pair.backup().start();
        run.endAfterReturn(stopped, serves, MOST_SILENCE_MS);
        run.assertSilence(MOST_SILENCE_IN_ALL_MS);
        pair.backup().awaitWaiting();
    }

    @Test
    @Order(4)
    @DisplayName(
            "F10 N15 the primary is frozen: it keeps its lock, so the backup waits; when it goes on, so do the matches")
    void shouldWaitForFrozenPrimary() {
        FaultRun run = new FaultRun(cluster, "freeze-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long frozen = System.nanoTime();
        pair.primary().freeze();
        try {
            cluster.hold("the frozen primary", FREEZE);
            assertThat(pair.backup().serves())
                    .as("the backup serves beside a primary")
                    .isFalse();
        } finally {
            pair.primary().thaw();
        }
        long thawed = System.nanoTime();
        run.endAfterReturn(frozen, thawed, MOST_SILENCE_MS);
        run.assertSilenceOutside(frozen, thawed, MOST_SILENCE_IN_ALL_MS);
        assertThat(pair.backup().serves()).isFalse();
    }

    @Test
    @Order(5)
    @DisplayName("publish and receive reach the pair by its url")
    void shouldServeCommands() throws IOException {
        Cli cli = new Cli(EVIDENCE.folder().resolve("cli"));
        Path events = Files.writeString(EVIDENCE.folder().resolve("events.jsonl"), "{\"id\": \"1\"}\n");
        List<String> to = List.of(
                "--queue",
                "by-hand",
                "--url",
                pair.connection().url(),
                "--password-file",
                pair.connection().passwordFile().toString());

        Cli.Said published = cli.start(concat(List.of("publish", "--event", "Any", "--file", events.toString()), to))
                .end(SOON);
        Cli.Said received =
                cli.start(concat(List.of("receive", "--count", "1"), to)).end(SOON);

        assertThat(published.exitCode()).as(published.text()).isZero();
        assertThat(received.exitCode()).as(received.text()).isZero();
        assertThat(received.text()).contains("{\"id\": \"1\"}");
    }

    @Test
    @Order(6)
    @DisplayName(
            "a wrong password is refused by name; a certificate that is not trusted, and TLS where there is none, are"
                    + " told apart from a broker that is not there")
    void shouldSayWhatIsWrong() throws IOException {
        ConnectionSettings right = pair.connection();
        Path wrong = Files.writeString(EVIDENCE.folder().resolve("wrong-password"), "guess");
        BrokerFilesPlan strangers = BrokerFilesPlan.of(
                        EVIDENCE.folder().resolve("strangers"), new BrokerAddress("127.0.0.1", 61616))
                .withTls(BrokerTls.selfSigned());
        BrokerFiles.write(strangers, Map.of());

        assertThatThrownBy(() ->
                        Connections.open(new ConnectionSettings("main", right.url(), BrokerSettings.USER, wrong), 0))
                .isInstanceOf(JMSSecurityException.class)
                .hasMessageContaining("Unable to validate user")
                .hasMessageContaining(BrokerSettings.USER);
        assertThatThrownBy(() -> open(right.url().replace("/the%20pair/tls/", "/strangers/tls/")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("does not agree on TLS")
                .hasMessageContaining("trustStorePath")
                .hasMessageContaining("refuses connections");
        assertThatThrownBy(() -> open(right.url().replaceAll("&sslEnabled.*", "")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("expects TLS (sslEnabled=true)");
        assertThatThrownBy(() -> open(right.url().replace("trust.p12", "nowhere.p12")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("trust store or key store of the url cannot be used")
                .hasMessageContaining("nowhere.p12");
    }

    @Test
    @Order(7)
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = "true")
    @DisplayName(
            "F10 N15 both were down while the primary was coming back: the backup alone waits, with the primary all goes on")
    void shouldGoOnAfterBothWereDown() {
        // Twice as many: the primary may take its time to come back, and something is to be left when both are down.
        FaultRun run = new FaultRun(cluster, "both-", 2 * EVENTS, RATE);
        run.awaitPublished(BEFORE);
        long killed = System.nanoTime();
        pair.primary().kill();
        pair.backup().awaitServing();
        pair.primary().start();
        pair.primary().awaitWaiting();
        pair.primary().kill();
        pair.backup().kill();
        pair.backup().start();
        pair.backup().awaitWaiting();
        cluster.hold("the wait for the primary", FREEZE);
        assertThat(pair.backup().serves()).as("the backup serves alone").isFalse();
        pair.primary().start();
        long serves = pair.primary().awaitServing();
        run.endAfterReturn(killed, serves, MOST_SILENCE_MS);
        run.assertSilenceOutside(killed, serves, MOST_SILENCE_IN_ALL_MS);
    }

    private static void open(String url) throws JMSException {
        Connections.closeQuietly(Connections.open(
                new ConnectionSettings(
                        "main", url, BrokerSettings.USER, pair.connection().passwordFile()),
                0));
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
