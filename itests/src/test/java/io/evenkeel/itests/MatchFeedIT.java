// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.ConflictException;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Feed;
import io.evenkeel.client.Match;
import io.evenkeel.client.MatchNews;
import io.evenkeel.client.MatchSubscription;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Readers of the match feed, while nodes die under load: the one that they read from, the receiver, an owner. */
@DisplayName("The match feed")
class MatchFeedIT {
    private static final Seed SEED = Seed.ofRun();
    private static final int EVENTS = 6_000;
    private static final int RATE = 400;
    private static final int KEYS = 50;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String DOCUMENTS = """
            event: Reading
            fields: {id: string, sensor: string, amount: integer}
            ---
            query: high
            inputs: [{event: Reading, key: [sensor], retain: 3}]
            epl: select id, count(*) as n from Reading where amount >= 50
            output: {event: High, to: "queue:high"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    @Test
    @DisplayName(
            "two nodes are killed under load, one with the reader and the receiver: the feed has each match of the queue once,"
                    + " in the order of its key")
    void shouldGoOnWithoutGapOrRepeat() throws InterruptedException {
        try (Cluster cluster = aCluster()
                .withShards(8)
                .withBatch(200)
                .withInput("readings", "Reading")
                .withOutput("high")
                .withDocuments(DOCUMENTS)
                .start(EVIDENCE.folder(), SEED)) {
            EvenkeelClient client = EvenkeelClient.of(
                    cluster.nodes().stream().map(MatchFeedIT::url).toArray(String[]::new));
            List<Match> told = new ArrayList<>();
            String position;
            try (Feed<MatchNews> feed = client.followMatches("high", null, MatchNews.OLDEST)) {
                Publishing publishing = cluster.publishing("readings", readings(), RATE);
                readUntil(feed, told, 300);

                // The client's first node dies; the broker's receiver dies next, unless it was the same.
                cluster.kill(cluster.node(client.cluster().node()));
                readUntil(feed, told, 900);
                cluster.restartDead();
                cluster.kill(cluster.awaitReceiver("readings"));
                readUntil(feed, told, 1_500);
                position = feed.lastEventId();
                cluster.restartDead();
                cluster.awaitPublished(publishing, EVENTS);
            }
            // The rest is read by a reader that was away, from any node.
            cluster.awaitDrained();
            List<ReceivedMatch> queue = cluster.matches();
            try (Feed<MatchNews> feed = client.followMatches("high", null, position)) {
                readUntil(feed, told, new HashSet<>(ids(queue)).size());
                assertThat(feed.next(Duration.ofSeconds(1))).isEmpty();
            }

            System.out.println("match feed: queue=" + queue.size() + " feed=" + told.size() + " seed=" + SEED);
            assertThat(told)
                    .extracting(Match::id)
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(ids(queue));
            assertThat(byKey(told)).isEqualTo(byKeyOf(queue));
        }
    }

    @Test
    @DisplayName(
            "a subscription has one reader at a time: whoever takes it goes on behind what was acknowledged, also after nodes"
                    + " died; what was acknowledged has each match of the queue once, in the order of its key")
    void shouldGoOnBehindWhatWasAcknowledged() throws InterruptedException {
        try (Cluster cluster = aCluster()
                .withShards(8)
                .withBatch(200)
                .withInput("readings", "Reading")
                .withOutput("high")
                .withDocuments(DOCUMENTS)
                .start(EVIDENCE.folder().resolve("subscription"), SEED)) {
            EvenkeelClient client = EvenkeelClient.of(
                    cluster.nodes().stream().map(MatchFeedIT::url).toArray(String[]::new));
            client.tasks().put("mine", "{task: mine, kind: subscription, settings: {query: high}}", ChangeOptions.NONE);
            List<Match> acknowledged = new ArrayList<>();
            Publishing publishing = cluster.publishing("readings", readings(), RATE);
            try (MatchSubscription first = client.tasks().subscribe("mine")) {
                acknowledged.addAll(take(first, 300));
                cluster.kill(cluster.node(client.cluster().node()));
                acknowledged.addAll(take(first, 300));
                acknowledged.addAll(takeOver(client, first));
            }
            cluster.restartDead();
            cluster.kill(cluster.awaitReceiver("readings"));
            try (MatchSubscription second = client.tasks().subscribe("mine")) {
                acknowledged.addAll(take(second, 500));
            }
            cluster.restartDead();
            cluster.awaitPublished(publishing, EVENTS);
            cluster.awaitDrained();
            List<ReceivedMatch> queue = cluster.matches();
            try (MatchSubscription third = client.tasks().subscribe("mine")) {
                acknowledged.addAll(take(third, new HashSet<>(ids(queue)).size() - acknowledged.size()));
                assertThat(third.next(Duration.ofSeconds(1))).isEmpty();
            }
            try (MatchSubscription fourth = client.tasks().subscribe("mine")) {
                assertThat(fourth.next(Duration.ofSeconds(1))).isEmpty();
            }

            System.out.println(
                    "subscription: queue=" + queue.size() + " acknowledged=" + acknowledged.size() + " seed=" + SEED);
            assertThat(acknowledged).extracting(Match::id).containsExactlyInAnyOrderElementsOf(ids(queue));
            assertThat(byKey(acknowledged)).isEqualTo(byKeyOf(queue));
        }
    }

    /** Another reader takes it from one that has not acknowledged all. @return what the new one has acknowledged */
    private static List<Match> takeOver(EvenkeelClient client, MatchSubscription from) throws InterruptedException {
        List<Match> unacknowledged = read(from, 50);
        try (MatchSubscription next = client.tasks().subscribe("mine")) {
            assertThat(read(next, 50)).as("what comes again").isEqualTo(unacknowledged);
            assertThatThrownBy(() -> readFor(from, SOON)).isInstanceOf(ConflictException.class);
            assertThatThrownBy(from::acknowledge)
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("another one has taken it");
            next.acknowledge();
            return unacknowledged;
        }
    }

    private static List<Match> take(MatchSubscription from, int count) throws InterruptedException {
        List<Match> read = read(from, count);
        from.acknowledge();
        return read;
    }

    private static List<Match> read(MatchSubscription from, int count) throws InterruptedException {
        List<Match> read = new ArrayList<>();
        while (read.size() < count) {
            read.add(match(from.next(SOON), read.size() + " of " + count));
        }
        return read;
    }

    /** Until the subscription fails, or for so long. */
    private static void readFor(MatchSubscription from, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end) {
            from.next(Duration.ofMillis(100));
        }
    }

    private static Match match(Optional<MatchNews> news, String after) {
        assertThat(news).as("after " + after + " matches").isPresent();
        return news.get().fold(match -> match, gap -> {
            throw new AssertionError("Expected no gap, but: " + gap.reason());
        });
    }

    private static void readUntil(Feed<MatchNews> feed, List<Match> told, int count) throws InterruptedException {
        while (told.size() < count) {
            told.add(match(feed.next(SOON), told.size() + " of " + count));
        }
    }

    private static List<String> ids(List<ReceivedMatch> matches) {
        return matches.stream().map(ReceivedMatch::matchId).toList();
    }

    private static Map<String, List<String>> byKey(List<Match> matches) {
        return matches.stream().collect(groupingBy(Match::key, TreeMap::new, mapping(Match::id, toList())));
    }

    private static Map<String, List<String>> byKeyOf(List<ReceivedMatch> queue) {
        return queue.stream()
                .collect(groupingBy(ReceivedMatch::key, TreeMap::new, mapping(ReceivedMatch::matchId, toList())));
    }

    private static List<String> readings() {
        Random random = SEED.random("readings");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            lines.add("{\"id\":\"e%d\",\"sensor\":\"s%d\",\"amount\":%d}"
                    .formatted(i, random.nextInt(KEYS), random.nextInt(100)));
        }
        return lines;
    }

    private static String url(NodeProcess node) {
        JsonNode members = node.api().cluster().orElseThrow().path("members");
        return StreamSupport.stream(members.spliterator(), false)
                .filter(member -> member.path("name").asText().equals(node.name()))
                .map(member -> member.path("http").asText())
                .findFirst()
                .orElseThrow();
    }
}
