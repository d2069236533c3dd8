// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.ringbuffer.Ringbuffer;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.correlator.http.MatchHistory.Stretch;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.GridSettings;
import io.evenkeel.runtime.shard.Match;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GridMatchesTest {
    private static Match match(int number, String body) {
        return new Match(new InstanceId("q", "i"), 0, 2, "k\n\u2028", "c" + number, "E", "queue:o", body);
    }

    @Test
    @DisplayName("matches stand in the grid in their order, the oldest fall out, and a read keeps to what is there")
    void shouldKeepTheLatest() throws Exception {
        GridSettings settings = settings(10_000);
        HazelcastInstance grid = Grid.start(settings);
        try {
            FeedWriter writer = new FeedWriter(grid, settings);
            GridMatches matches = new GridMatches(grid, 10_000);
            assertThat(matches.read(0)).isEqualTo(new Stretch(0, List.of()));
            assertThat(matches.read(Long.MAX_VALUE)).isEqualTo(new Stretch(0, List.of()));

            writer.keep(
                    IntStream.range(0, 1_200)
                            .mapToObj(i -> match(i, "{\"n\":" + i + "}"))
                            .toList(),
                    true);

            Stretch first = matches.read(0);
            assertThat(first.entries()).hasSize(MatchHistory.MOST);
            assertThat(first.entries().get(7).id()).isEqualTo("q/i|c7|0");
            assertThat(matches.read(1_199).entries()).hasSize(1);
            assertThat(matches.read(5_000)).isEqualTo(new Stretch(1_200, List.of()));

            for (int i = 0; i < 10; i++) {
                writer.keep(
                        IntStream.range(0, 1_000).mapToObj(n -> match(n, "{}")).toList(), true);
            }
            assertThat(matches.read(0).from()).isEqualTo(1_200);
        } finally {
            grid.shutdown();
        }
    }

    @Test
    @DisplayName("so many are kept as the configuration says; with the feed off the grid is not asked")
    void shouldKeepAsManyAsConfigured() throws Exception {
        GridSettings settings = settings(20);
        HazelcastInstance grid = Grid.start(settings);
        try {
            GridMatches matches = new GridMatches(grid, 20);
            List<Match> fifty =
                    IntStream.range(0, 50).mapToObj(i -> match(i, "{}")).toList();
            new FeedWriter(grid, settings).keep(fifty, true);
            assertThat(matches.read(0).from()).isEqualTo(30);
            assertThat(matches.read(0).entries()).hasSize(20);

            GridMatches off = new GridMatches(grid, 0);
            new FeedWriter(grid, settings(0)).keep(fifty, true);
            assertThat(off.on()).isFalse();
            assertThat(matches.read(0).from()).isEqualTo(30);
        } finally {
            grid.shutdown();
        }
    }

    private static GridSettings settings(int feed) {
        int port = FreePorts.take(1).get(0);
        String address = "127.0.0.1:" + port;
        return new GridSettings(
                "matches-" + port, "n1", "127.0.0.1", port, List.of(address), 0, 8, 1, true, true, feed);
    }

    @Test
    @DisplayName("a grid that does not say where the end is costs a reader no more time than it has")
    void shouldNotWaitForTheEnd() {
        CountDownLatch end = new CountDownLatch(1);
        Ringbuffer<String[]> hanging = ring((proxy, method, arguments) -> {
            if (method.getName().equals("readManyAsync")) {
                return CompletableFuture.completedFuture(null);
            }
            end.await();
            return 0L;
        });
        GridMatches matches = new GridMatches(hanging, 20, Duration.ofMillis(200));
        try {
            long begun = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                assertThatExceptionOfType(CatalogUnavailableException.class).isThrownBy(() -> matches.read(0));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        } finally {
            end.countDown();
        }
    }

    @SuppressWarnings("unchecked")
    private static Ringbuffer<String[]> ring(InvocationHandler behaviour) {
        return (Ringbuffer<String[]>) Proxy.newProxyInstance(
                GridMatchesTest.class.getClassLoader(), new Class<?>[] {Ringbuffer.class}, behaviour);
    }
}
