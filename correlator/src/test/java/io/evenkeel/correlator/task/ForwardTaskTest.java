// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.correlator.http.MemoryHistory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A forward task to a web hook")
class ForwardTaskTest {
    private static final int MATCHES = 130;
    private static final int MOST_ATTEMPTS = 20;

    private final MemoryHistory matches = new MemoryHistory(1_000);
    /** How often it still fails, by match. */
    private final Map<String, Integer> failing = new HashMap<>();

    private final List<String> posted = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private MemoryContext context;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        context = new MemoryContext("{\"hook\": \"" + url() + "\"}");
        matches.add(ids(0).toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    @DisplayName("posts each match once and in order, and after failures no other again than the one that failed")
    void shouldPostOnlyTheFailedAgain() {
        failing.putAll(Map.of("m0", 1, "m7", 2, "m20", 1, "m129", 1));
        List<String> failures = runToTheEnd();

        assertThat(new LinkedHashSet<>(posted)).containsExactlyElementsOf(ids(0));
        List<String> expected = new ArrayList<>(ids(0));
        expected.addAll(List.of("m0", "m7", "m7", "m20", "m129"));
        assertThat(posted).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(failures).hasSize(5).allMatch(text -> text.contains("answered 500"));
        assertThat(failures.get(1)).contains("match m7");
        assertThat(forwarded()).isEqualTo(MATCHES);
    }

    @Test
    @DisplayName("begins again, when its node has died, at most " + WebHook.MOST + " matches before the last one")
    void shouldRepeatFewAfterDeath() {
        runToTheEnd();

        long before = 0;
        for (var checkpoint : context.checkpoints) {
            long after = checkpoint.path("forwarded").asLong();
            assertThat(after - before).isBetween(1L, (long) WebHook.MOST);
            before = after;
        }
        int kept = context.checkpoints.size() / 2;
        context.checkpoint = context.checkpoints.get(kept);
        posted.clear();
        runToTheEnd();
        assertThat(posted)
                .isEqualTo(ids(context.checkpoints.get(kept).path("forwarded").asInt()));
    }

    @Test
    @DisplayName("posts what its query and instance say, and passes over the rest")
    void shouldPostWhatIsWanted() {
        context = new MemoryContext("{\"hook\": \"" + url() + "\", \"query\": \"other\"}");
        runToTheEnd();
        assertThat(posted).isEmpty();
        assertThat(context.checkpoints).hasSize(1);

        context = new MemoryContext("{\"hook\": \"" + url() + "\", \"query\": \"q\", \"instance\": \"i\"}");
        runToTheEnd();
        assertThat(posted).isEqualTo(ids(0));
    }

    @Test
    @DisplayName("gives up a call to which nothing is answered")
    void shouldNotWaitForEver() throws IOException {
        try (SilentServer silent = new SilentServer();
                WebHook hook =
                        new WebHook(URI.create("http://127.0.0.1:" + silent.port() + "/"), Duration.ofMillis(300))) {
            assertThatThrownBy(() -> hook.write(matches.read(0).entries())).isInstanceOf(IOException.class);
        }
    }

    // ---- the test's own

    private static List<String> ids(int from) {
        return IntStream.range(from, MATCHES).mapToObj(i -> "m" + i).toList();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private long forwarded() {
        var checkpoint = context.checkpoint;
        return checkpoint == null ? 0 : checkpoint.path("forwarded").asLong();
    }

    /** As a node does: begins again at the checkpoint. @return what failed */
    private List<String> runToTheEnd() {
        List<String> failures = new ArrayList<>();
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                new ForwardTask(matches, new TreeMap<>(), new Brokers(new TreeMap<>())).run(context);
            } catch (InterruptedException e) {
                return failures;
            } catch (Exception e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        throw new AssertionError("Expected it to come to an end, but: " + failures);
    }

    private void answer(HttpExchange call) throws IOException {
        call.getRequestBody().readAllBytes();
        String id = String.valueOf(call.getRequestHeaders().getFirst("Idempotency-Key"));
        posted.add(id);
        int left = failing.getOrDefault(id, 0);
        failing.put(id, left - 1);
        call.sendResponseHeaders(left > 0 ? 500 : 204, -1);
        call.close();
    }
}
