// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Feed;
import io.evenkeel.client.Match;
import io.evenkeel.client.MatchNews;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.CrashPoint;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One node receives, and halts before its first commit each time; a second one only evaluates, and keeps logs and feed
 * meanwhile. A third one comes when that is over.
 */
@DisplayName("A node dies with the same messages again and again:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ManyDeliveriesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    /** After so many deliveries Artemis gives a message up, unless it is told otherwise. */
    private static final int DEFAULT_ATTEMPTS = 10;
    /** A message may have been under way to a node when that halted, and not counted. */
    private static final int MOST_DEATHS = DEFAULT_ATTEMPTS + 6;

    private static final int EVENTS = 30;
    private static final int KEYS = 6;
    private static final String QUEUE = "readings";
    private static final String EVALUATOR = "node-2";
    private static final String DEAD_LETTERS = "evenkeel.dead";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static final Random RANDOM = SEED.random("deliveries");
    private static Cluster cluster;
    private static NodeProcess receiver;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(ManyDeliveriesIT.class));
        cluster = aCluster()
                .withStarted(2)
                .withDocuments(Readings.TYPE)
                .withDocuments(Readings.RUNNING)
                .withInput(QUEUE, "Reading")
                .withOutput("running")
                .withoutReceiversOn(EVALUATOR)
                .start(EVIDENCE.folder(), SEED);
        receiver = cluster.node("node-1");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "F3 N6 they are delivered more than ten times, none becomes a dead letter; what the node computed, another one"
                    + " publishes once, with the same ids")
    void shouldDeliverThemForEver() {
        Readings readings = new Readings();
        receiver.stop();
        cluster.publish(QUEUE, readings.lines("kept-", EVENTS, KEYS, RANDOM));
        int deaths = 0;
        while (fewestDeliveries() <= DEFAULT_ATTEMPTS && deaths < MOST_DEATHS) {
            dieBeforeCommit();
            deaths++;
        }
        int deliveries = fewestDeliveries();
        System.out.println("deaths=" + deaths + " fewest deliveries=" + deliveries + " seed=" + SEED);
        assertThat(deliveries).as("deliveries after %s deaths", deaths).isGreaterThan(DEFAULT_ATTEMPTS);
        assertThat(cluster.matches())
                .as("published matches of what was not committed")
                .isEmpty();

        NodeProcess another = cluster.node("node-3");
        List<Match> computed = new ArrayList<>();
        try (RawQueue queue = new RawQueue(cluster.connection(), QUEUE)) {
            // A majority is needed to read the feed; so the other node is there, and nothing for it to receive.
            queue.holding(EVENTS, SOON, () -> {
                cluster.add(another);
                computed.addAll(feed(1));
            });
        }
        // As many as the largest of its first batches held; how many the broker had sent by then is up to the machine.
        assertThat(computed).as("what the dead node computed").isNotEmpty();
        cluster.awaitMatches(EVENTS, SOON);
        cluster.awaitDrained();
        Map<String, List<String>> published =
                byKey(cluster.matches().stream(), ReceivedMatch::key, ReceivedMatch::matchId);
        assertThat(byKey(computed.stream(), Match::key, Match::id))
                .as("ids of each key that the dead node computed, and that another one published first")
                .allSatisfy((key, ids) -> assertThat(published.get(key)).startsWith(ids.toArray(String[]::new)));
        assertThat(feed(EVENTS))
                .as("the feed, afterwards")
                .containsAll(computed)
                .doesNotHaveDuplicates()
                .hasSize(EVENTS);

        Verdict verdict = cluster.judge(EVENTS, readings.running());
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
        assertThat(cluster.received(another, QUEUE, "redelivered"))
                .as("messages that the other node was told to have been delivered before")
                .isGreaterThanOrEqualTo(EVENTS);
        assertThat(cluster.broker().depth(DEAD_LETTERS)).as("dead letters").isZero();
        another.stop();
    }

    @Test
    @Order(2)
    @DisplayName(
            "F3 negative control: with max-delivery-attempts 10 and nine deliveries behind them, one death makes dead letters"
                    + " of them, and their matches never come")
    void shouldGiveThemUpWithTheDefault() {
        Readings readings = new Readings();
        // Whatever the test before has left alive.
        cluster.nodes().stream()
                .filter(node -> node.isAlive() && !node.name().equals(EVALUATOR))
                .forEach(NodeProcess::stop);
        cluster.publish(QUEUE, readings.lines("lost-", EVENTS, KEYS, RANDOM));
        try (RawQueue queue = new RawQueue(cluster.connection(), QUEUE)) {
            for (int i = 1; i < DEFAULT_ATTEMPTS; i++) {
                queue.holding(EVENTS, SOON, () -> {});
            }
        }
        cluster.broker().change(QUEUE, "{\"maxDeliveryAttempts\":" + DEFAULT_ATTEMPTS + "}");
        assertThat(cluster.broker().depth(QUEUE)).as("before the tenth").isEqualTo(EVENTS);
        int deaths = 0;
        do {
            // Of those that it was sent; the others are back as they were, and need a death of their own.
            dieBeforeCommit();
            deaths++;
            awaitGivenBack();
        } while (cluster.broker().depth(QUEUE) > 0 && deaths < MOST_DEATHS);
        System.out.println("negative control: deaths=" + deaths + " seed=" + SEED);

        cluster.await(
                "all of them to be dead letters",
                SOON,
                () -> cluster.broker().depth(DEAD_LETTERS) == EVENTS
                        && cluster.broker().depth(QUEUE) == 0);
        assertThatThrownBy(cluster::awaitDrained).hasMessageContaining("Expected no dead letters");
        cluster.add(receiver);
        cluster.publish(QUEUE, List.of(new Readings().reading("after", 1).json()));
        cluster.awaitMatch("the match of an event after them", SOON, ofKey("after"));
        assertThat(cluster.matches().stream().filter(ofKey("lost-"))).isEmpty();
    }

    private static void dieBeforeCommit() {
        receiver.start(CrashPoint.BEFORE_COMMIT.armed(1));
        receiver.expectEnd();
        assertThat(cluster.awaitDeath(receiver, SOON)).as("exit code").isEqualTo(CrashPoint.EXIT_CODE);
    }

    /** Until each message is in the queue or a dead letter, and a dead node has none. */
    private static void awaitGivenBack() {
        cluster.await(
                "the messages of the dead node to be back, or dead letters",
                SOON,
                () -> cluster.broker().inDelivery(QUEUE) == 0
                        && cluster.broker().depth(QUEUE) + cluster.broker().depth(DEAD_LETTERS) == EVENTS);
    }

    /** Of any of the messages; waits until the broker has taken those of a dead node back. */
    private static int fewestDeliveries() {
        try (RawQueue queue = new RawQueue(cluster.connection(), QUEUE)) {
            List<Integer> counts =
                    cluster.awaitFound("all messages to be back in the queue", SOON, () -> queue.deliveries(EVENTS));
            return counts.stream().mapToInt(Integer::intValue).min().orElseThrow();
        }
    }

    /**
     * All that it has, as a survivor tells it: matches are in it before they are sent and committed.
     *
     * @param least how many there are, at least
     */
    private static List<Match> feed(int least) {
        List<Match> told = new ArrayList<>();
        EvenkeelClient client = EvenkeelClient.of(cluster.node(EVALUATOR).api().url());
        try (Feed<MatchNews> feed = client.followMatches("running", null, MatchNews.OLDEST)) {
            while (true) {
                // Those before the last one come without delay; it may be late on a busy machine.
                Optional<MatchNews> news = feed.next(Duration.ofSeconds(told.size() < least ? SOON.toSeconds() : 1));
                if (news.isEmpty()) {
                    return told;
                }
                told.add(news.get().fold(match -> match, gap -> {
                    throw new AssertionError("Expected no gap, but: " + gap.reason());
                }));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static <T> Map<String, List<String>> byKey(
            Stream<T> matches, Function<T, String> key, Function<T, String> id) {
        return matches.collect(Collectors.groupingBy(key, TreeMap::new, Collectors.mapping(id, Collectors.toList())));
    }

    private static Predicate<ReceivedMatch> ofKey(String prefix) {
        return match -> match.key().startsWith(prefix);
    }
}
