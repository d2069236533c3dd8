// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.client.ScriptedNode.Heard;
import io.evenkeel.client.ScriptedNode.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FeedTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private ScriptedNode one;
    private ScriptedNode two;

    @BeforeEach
    void start() throws IOException {
        one = new ScriptedNode();
        two = new ScriptedNode();
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private static Reply stream(String text) {
        return new Reply(200, "text/event-stream", text);
    }

    private static String event(int revision) {
        return "id: " + revision + "\nevent: catalog\ndata: {\"revision\":" + revision
                + ",\"put\":[],\"deleted\":[],\"complete\":true}\n\n";
    }

    @Test
    @DisplayName("a feed goes on at another node behind what it got whole, and what comes twice is given out once")
    void shouldGoOnElsewhere() throws Exception {
        String half = "id: 3\nevent: catalog\ndata: {\"revision\":3,";
        one.script(request -> stream(": hello\n\n" + event(1) + event(2) + half));
        two.script(request -> stream(event(2) + event(3) + event(4)));
        EvenkeelClient client = EvenkeelClient.of(one.url(), two.url());

        List<Long> revisions = new ArrayList<>();
        try (Feed<CatalogNews> feed = client.followCatalog("")) {
            for (int i = 0; i < 4; i++) {
                revisions.add(feed.next(SOON).orElseThrow().revision());
            }
            assertThat(feed.lastEventId()).isEqualTo("4");
        }

        assertThat(revisions).containsExactly(1L, 2L, 3L, 4L);
        assertThat(one.heard().get(0).headers()).doesNotContainKey("Last-event-id");
        assertThat(two.heard().get(0).header("Last-Event-ID")).isEqualTo("2");
    }

    @Test
    @DisplayName("a node that says nothing for too long is left")
    void shouldLeaveASilentNode() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        one.script(request -> {
            end.await();
            return Reply.HANG_UP;
        });
        two.script(request -> stream(event(7)));
        ClientSettings settings = ClientSettings.of(one.url(), two.url())
                .withRead(Duration.ofMillis(300))
                .withFeedSilence(Duration.ofMillis(300));

        try (Feed<CatalogNews> feed = EvenkeelClient.of(settings).followCatalog("5")) {
            assertThat(feed.next(SOON).orElseThrow().revision()).isEqualTo(7);
        }
        assertThat(two.heard())
                .extracting(request -> request.header("Last-Event-ID"))
                .contains("5");
        end.countDown();
    }

    @Test
    @DisplayName("an event that only tells its id moves the position on")
    void shouldKeepPosition() throws Exception {
        one.script(request -> request.header("Last-Event-ID").isEmpty() ? stream("id: 9\n\n") : stream(event(10)));

        try (Feed<CatalogNews> feed = EvenkeelClient.of(one.url()).followCatalog("")) {
            assertThat(feed.next(SOON).orElseThrow().revision()).isEqualTo(10);
        }
        assertThat(one.heard()).extracting(Heard::path).contains("/api/v1/changes");
        assertThat(one.heard().get(1).header("Last-Event-ID")).isEqualTo("9");
    }

    @Test
    @DisplayName("a refusal ends the feed, a close too, for those who wait as for those who come")
    void shouldEnd() throws Exception {
        one.script(request -> Reply.problem(400, "{\"status\":400,\"code\":\"BAD_REQUEST\",\"detail\":\"no id\"}"));
        try (Feed<CatalogNews> feed = EvenkeelClient.of(one.url()).followCatalog("x")) {
            assertThatExceptionOfType(ProblemException.class)
                    .isThrownBy(() -> feed.next(SOON))
                    .withMessage("no id");
        }

        CountDownLatch end = new CountDownLatch(1);
        two.script(request -> {
            end.await();
            return Reply.HANG_UP;
        });
        Feed<CatalogNews> open = EvenkeelClient.of(two.url()).followCatalog("");
        CompletableFuture<CatalogNews> waiting = open.next();
        open.close();
        assertThat(waiting).failsWithin(5, TimeUnit.SECONDS);
        assertThat(open.next()).isCompletedExceptionally();
        end.countDown();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream ", "text/event-stream : hello\n\n", "text/html id: 7\n\n"})
    @DisplayName("a node that answers 200, tells nothing and ends is not asked again at once")
    void shouldNotHurry(String answer) throws Exception {
        int space = answer.indexOf(' ');
        one.script(request -> new Reply(200, answer.substring(0, space), answer.substring(space + 1)));

        try (Feed<CatalogNews> feed = EvenkeelClient.of(one.url()).followCatalog("")) {
            assertThat(feed.next(Duration.ofSeconds(1))).isEmpty();
            assertThat(one.heard()).hasSizeBetween(1, 7);
            assertThat(feed.lastEventId()).isEmpty();
        }
    }

    @Test
    @DisplayName("a thousand positions without an item hold nothing up: who asks then gets the item behind them")
    void shouldNotBeHeldUpByPositions() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        StringBuilder positions = new StringBuilder();
        for (int i = 1; i <= 1_000; i++) {
            positions.append("id: ").append(i).append("\n\n");
        }
        one.script(request -> stream(positions + event(2_000)));
        two.script(request -> {
            end.await();
            return Reply.HANG_UP;
        });

        try (Feed<CatalogNews> feed = EvenkeelClient.of(one.url(), two.url()).followCatalog("")) {
            long deadline = System.nanoTime() + SOON.toNanos();
            while (!feed.lastEventId().equals("1000") && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(feed.lastEventId()).isEqualTo("1000");
            assertThat(feed.next().get(5, TimeUnit.SECONDS).revision()).isEqualTo(2_000);
            assertThat(feed.lastEventId()).isEqualTo("2000");
        } finally {
            end.countDown();
        }
    }

    @Test
    @DisplayName("an item that a future does not take, because it was cancelled at that moment, is the next one's")
    void shouldLoseNothingToCancelledFutures() throws Exception {
        int all = 30_000;
        StringBuilder events = new StringBuilder();
        for (int i = 1; i <= all; i++) {
            events.append(event(i));
        }
        one.script(request -> one.heard().size() == 1 ? stream(events.toString()) : Reply.HANG_UP);
        List<Long> got = new ArrayList<>();
        int cancelled = 0;

        try (Feed<CatalogNews> feed = EvenkeelClient.of(one.url()).followCatalog("")) {
            while (got.isEmpty() || got.get(got.size() - 1) < all) {
                CompletableFuture<CatalogNews> asked = feed.next();
                for (int spin = got.size() % 50; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                if (asked.cancel(true)) {
                    cancelled++;
                } else {
                    got.add(asked.join().revision());
                    assertThat(feed.lastEventId()).isEqualTo(Long.toString(got.get(got.size() - 1)));
                }
            }
        }

        assertThat(cancelled).isPositive();
        assertThat(got).hasSize(all).isSorted();
    }

    @Test
    @DisplayName("futures get the items in their order")
    void shouldServeFutures() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        one.script(request -> {
            asked.await();
            return stream(event(1) + event(2) + event(3));
        });

        try (Feed<CatalogNews> feed = EvenkeelClient.of(one.url()).followCatalog("")) {
            CompletableFuture<CatalogNews> first = feed.next();
            CompletableFuture<CatalogNews> second = feed.next();
            asked.countDown();

            assertThat(first.get(5, TimeUnit.SECONDS).revision()).isEqualTo(1);
            assertThat(second.get(5, TimeUnit.SECONDS).revision()).isEqualTo(2);
            assertThat(feed.next().get(5, TimeUnit.SECONDS).revision()).isEqualTo(3);
        }
    }
}
