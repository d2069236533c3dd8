// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.ClientSettings;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Feed;
import io.evenkeel.client.Match;
import io.evenkeel.client.MatchNews;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.correlator.guarantee.Guarantees;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The feed of matches over HTTP when its history is long, slow or out of reach. */
@Timeout(60)
class MatchFeedTest {
    private final MemoryHistory kept = new MemoryHistory(10_000);
    private final CountDownLatch past = new CountDownLatch(1);
    private volatile boolean minority;
    private final MemoryCatalog catalog = new MemoryCatalog();
    private ApiServer server;

    private final class SlowHistory implements MatchHistory {
        @Override
        public boolean on() {
            return true;
        }

        @Override
        public int capacity() {
            return kept.capacity();
        }

        @Override
        public Stretch read(long from) {
            if (minority) {
                throw new CatalogUnavailableException("a minority", Duration.ofSeconds(1));
            }
            if (from < 4_000) {
                try {
                    past.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return kept.read(from);
        }
    }

    private static final class Alone implements ClusterView {
        @Override
        public ClusterStatus status() {
            return new ClusterStatus(
                    "demo", "n1", true, List.of(), 0, List.of(), List.of(), List.of(), Guarantees.UNKNOWN);
        }

        @Override
        public boolean ready() {
            return true;
        }
    }

    @BeforeEach
    void start() {
        for (int i = 0; i < 5_000; i++) {
            kept.add("m" + i);
        }
        server = new ApiServer(new Http("127.0.0.1", 0), catalog, new Alone(), new SlowHistory(), () -> "").start();
    }

    @AfterEach
    void stop() {
        past.countDown();
        server.close();
    }

    private HttpResponse<Stream<String>> ask(String lastEventId) throws Exception {
        return ask("/api/v1/matches", lastEventId);
    }

    private HttpResponse<Stream<String>> ask(String path, String lastEventId) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.url() + path)).header("Accept", "text/event-stream");
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        return HttpClient.newHttpClient()
                .sendAsync(request.build(), BodyHandlers.ofLines())
                .get(5, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("a stream is open before the past has been read, and gives a sign of life while it is")
    void shouldOpenAtOnce() throws Exception {
        HttpResponse<Stream<String>> answer = ask("");

        assertThat(answer.statusCode()).isEqualTo(200);
        try (Stream<String> lines = answer.body()) {
            Iterator<String> each = lines.iterator();
            assertThat(each.next()).isEqualTo(": matches");
            past.countDown();
            assertThat(each.next()).isEmpty();
            assertThat(each.next()).startsWith("id: 5000-");
        }
    }

    @Test
    @DisplayName("N7 a client that waits for an answer a short time only gets the matches behind a long past")
    void shouldServeAClientOfLittlePatience() throws Exception {
        ClientSettings settings = ClientSettings.of(server.url()).withRead(Duration.ofMillis(500));
        String token = "4999-" + token("m4998");

        try (Feed<MatchNews> feed = EvenkeelClient.of(settings).followMatches(null, null, token)) {
            // Longer than it waits for an answer: the stream is open and says nothing yet.
            assertThat(feed.next(Duration.ofSeconds(1))).isEmpty();
            past.countDown();

            assertThat(feed.next(Duration.ofSeconds(20)).orElseThrow())
                    .isInstanceOfSatisfying(
                            Match.class, match -> assertThat(match.id()).isEqualTo("m4999"));
        }
    }

    private static String token(String id) {
        MemoryHistory one = new MemoryHistory(1);
        one.add(id);
        MatchCursor cursor = MatchCursor.at(one, "0-");
        return cursor.read().get(0).token().replaceAll(".*-", "");
    }

    @Test
    @DisplayName("a feed of changes that cannot go on ends, with no problem document in it")
    void shouldEndInOrder() throws Exception {
        HttpResponse<Stream<String>> answer = ask("/api/v1/changes", "");
        try (Stream<String> lines = answer.body()) {
            Iterator<String> each = lines.iterator();
            assertThat(each.next()).isEqualTo(": the catalog");
            catalog.lose();
            List<String> rest = new ArrayList<>();
            each.forEachRemaining(rest::add);
            assertThat(rest).noneMatch(line -> line.contains("urn:evenkeel"));
        }
        assertThat(ask("/api/v1/changes", "").statusCode()).isEqualTo(503);
    }

    @Test
    @DisplayName("who asks a node of a minority gets 503, with a position as without")
    void shouldNotOpenInAMinority() throws Exception {
        minority = true;

        assertThat(ask("").statusCode()).isEqualTo(503);
        assertThat(ask("17-0123456789ab").statusCode()).isEqualTo(503);
        assertThat(ask("17").statusCode()).isEqualTo(400);
    }
}
