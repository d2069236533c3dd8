// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Feed;
import io.evenkeel.client.Match;
import io.evenkeel.client.MatchNews;
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
            assertThat(byKey(told.stream()
                            .map(match -> Map.entry(match.key(), match.id()))
                            .toList()))
                    .isEqualTo(byKey(queue.stream()
                            .map(match -> Map.entry(match.key(), match.matchId()))
                            .toList()));
        }
    }

    private static void readUntil(Feed<MatchNews> feed, List<Match> told, int count) throws InterruptedException {
        while (told.size() < count) {
            Optional<MatchNews> news = feed.next(SOON);
            assertThat(news)
                    .as("after " + told.size() + " of " + count + " matches")
                    .isPresent();
            told.add(news.get().fold(match -> match, gap -> {
                throw new AssertionError("Expected no gap, but: " + gap.reason());
            }));
        }
    }

    private static List<String> ids(List<ReceivedMatch> matches) {
        return matches.stream().map(ReceivedMatch::matchId).toList();
    }

    private static Map<String, List<String>> byKey(List<Map.Entry<String, String>> matches) {
        Map<String, List<String>> keys = new TreeMap<>();
        matches.forEach(match ->
                keys.computeIfAbsent(match.getKey(), key -> new ArrayList<>()).add(match.getValue()));
        return keys;
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
