// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.Machine;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;
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

/**
 * One node five minutes behind, one five ahead, one right, and the broker right at first; by libfaketime, whose offsets are
 * files that tests rewrite.
 */
@DisplayName("Clocks are wrong:")
@EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClockIT {
    private static final int RATE = 100;
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int TIMER_MS = 3_000;

    private static final String STEP = "event: Step\nfields: {id: string, item: string}\n";

    private static final String LATER = """
            query: later
            inputs:
              - {event: Step, key: [item], within: 1 hour}
            epl: |
              select a.item as item
              from pattern [every a=Step -> (timer:interval(3 sec) and not Step)]
            output: {event: Later, to: "queue:later"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> library = library();
        Machine.require(
                library.isPresent()
                        ? Optional.empty()
                        : Optional.of("libfaketime, but it is not there (Debian: faketime)"));
        System.out.println("repeat: " + SEED.repeat(ClockIT.class));
        set("node-1", "-5m");
        set("node-2", "+5m");
        set("broker", "+0m");
        cluster = aCluster()
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withDocuments(STEP)
                .withDocuments(LATER)
                .withInput(FaultRun.QUEUE, "Reading")
                .withInput("steps", "Step")
                .withDocuments(Flights.DOCUMENTS)
                .withInput("flights", "Flight")
                .withOutput("running", "later", "late-airports", "quiet-airports")
                .withBrokerEnvironment(environment(library.get(), "broker"))
                .withEnvironment("node-1", environment(library.get(), "node-1"))
                .withEnvironment("node-2", environment(library.get(), "node-2"))
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    @DisplayName("F13 off by five minutes: matches and timers are as ever, and a kill moves them between wrong clocks")
    void shouldNotCareForOffsets() {
        assertThat(aheadMs(0)).as("ms that node-1 is ahead").isBetween(-310_000L, -290_000L);
        assertThat(aheadMs(1)).as("ms that node-2 is ahead").isBetween(290_000L, 310_000L);
        FaultRun run = new FaultRun(cluster, "off-", 15 * RATE, RATE);
        run.awaitPublished(3 * RATE);
        expectTimersOnTime("a");
        NodeProcess victim = cluster.awaitActiveReceiver(FaultRun.QUEUE);
        cluster.kill(victim);
        run.awaitProgress();
        cluster.restart(victim);
        expectTimersOnTime("b");
        run.end();
    }

    @Test
    @Order(2)
    @DisplayName("F13 stepped by ten minutes, forward and back: no node is taken for dead, nothing is lost or doubled")
    void shouldNotCareForSteps() throws IOException {
        long left = left();
        FaultRun run = new FaultRun(cluster, "step-", 15 * RATE, RATE);
        run.awaitPublished(3 * RATE);
        set("node-1", "+5m");
        set("node-2", "-5m");
        cluster.await("the clocks to have stepped", SOON, () -> aheadMs(0) > 290_000 && aheadMs(1) < -290_000);
        expectTimersOnTime("c");
        run.awaitProgress();
        Verdict verdict = run.end();

        System.out.println("gap " + verdict.gapMs() + " ms, nodes that left: " + (left() - left));
        assertThat(left()).as("nodes that were taken for dead").isEqualTo(left);
    }

    /** Last, since the time of queries in arrival time is the broker's, and does not go back with it. */
    @Test
    @Order(3)
    @DisplayName(
            "F13 the broker's is stepped by five minutes forward, ten back and five forward: nothing is lost, doubled"
                    + " or out of order, and windows and timers on source time are exact")
    void shouldLoseNothingByTheBrokersClock() throws IOException {
        Flights flights = new Flights(15 * RATE);
        FaultRun run = new FaultRun(cluster, "broker-", 30 * RATE, RATE);
        Publishing publishing = cluster.publishing("flights", flights.lines(), RATE / 2);
        run.awaitPublished(3 * RATE);
        for (int minutes : List.of(5, -5, 0)) {
            set("broker", (minutes < 0 ? "" : "+") + minutes + "m");
            int published = run.published();
            cluster.await(
                    "the broker's clock to have stepped",
                    SOON,
                    () -> Math.abs(brokerAheadMs() - minutes * 60_000L) < 10_000);
            run.awaitProgress();
            run.awaitPublished(published + 5 * RATE);
        }
        run.end();

        publishing.await(SOON);
        SortedMap<Lane, List<String>> expected = flights.expected();
        int count = expected.values().stream().mapToInt(List::size).sum();
        cluster.awaitCount("matches of flights", count, SOON, ClockIT::isOfFlights);
        cluster.awaitDrained();
        Verdict verdict = cluster.judge(flights.lines().size(), expected, ClockIT::isOfFlights);
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
    }

    private static boolean isOfFlights(ReceivedMatch match) {
        return match.instance().contains("-airport/");
    }

    /** By what it notes on a message when that comes in. */
    private static long brokerAheadMs() {
        try (RawQueue queue = new RawQueue(cluster.connection(), "clock")) {
            queue.text("Clock", "");
            return queue.take(1, SOON).get(0).getLongProperty("_AMQ_INGRESS_TIMESTAMP") - System.currentTimeMillis();
        } catch (JMSException e) {
            throw new AssertionError("Expected to ask the broker for the time, but: " + e, e);
        }
    }

    /** By the header Date of its answers; whole seconds. */
    private static long aheadMs(int node) {
        Answer answer = cluster.nodes().get(node).api().get("/health/live").orElseThrow();
        return ZonedDateTime.parse(answer.header("Date"), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant()
                        .toEpochMilli()
                - System.currentTimeMillis();
    }

    private static long left() {
        return cluster.nodes().stream()
                .mapToLong(node -> node.logged("Commits wait until its copies"))
                .sum();
    }

    /** Not before their time by any clock, and not minutes after it. */
    private static void expectTimersOnTime(String prefix) {
        List<String> items = IntStream.range(0, 12).mapToObj(i -> prefix + i).toList();
        long begun = System.nanoTime();
        cluster.publish(
                "steps",
                items.stream()
                        .map(item -> "{\"id\":\"%s\",\"item\":\"%s\"}".formatted(item, item))
                        .toList());
        for (String item : items) {
            ReceivedMatch match = cluster.awaitMatch(
                    "the timer of " + item,
                    SOON,
                    found -> found.instance().equals("later/default")
                            && found.key().equals(item));
            assertThat((match.arrivedNanos() - begun) / 1_000_000)
                    .as("ms until the timer of " + item)
                    .isGreaterThanOrEqualTo(TIMER_MS);
        }
    }

    private static Map<String, String> environment(Path library, String node) {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                offset(node).toString(),
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // Without it waits of the JVM come back at once, over and over.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                "FAKETIME_CACHE_DURATION",
                "1");
    }

    private static Path offset(String node) {
        return EVIDENCE.folder().resolve(node + ".clock").toAbsolutePath();
    }

    /** At one blow, since the node may be reading it. */
    private static void set(String node, String text) throws IOException {
        Files.createDirectories(EVIDENCE.folder());
        Path next = Files.writeString(EVIDENCE.folder().resolve(node + ".clock.next"), text + "\n");
        Files.move(next, offset(node), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Optional<Path> library() throws IOException {
        Path libraries = Path.of("/usr/lib");
        if (!Files.isDirectory(libraries)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(libraries)) {
            return folders.map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst();
        }
    }
}
