// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Destination;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final Path FILE = Path.of("secrets", "main");

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:61616", "(tcp://a:61616,tcp://b:61616)?ha=true"})
    @DisplayName("a url of one broker or of a pair is taken")
    void shouldTakeUrls(String url) {
        assertThat(new ConnectionSettings("main", url, "evenkeel", FILE).url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm://0",
                "(tcp://a:1,vm://0)",
                "http://a",
                "tcp://user:word@a:61616",
                "tcp://a:61616?password=word",
                "tcp://a:61616?x=1&user=me"
            })
    @DisplayName(
            "a url inside the process, of another protocol or with credentials is refused, and not repeated if secret")
    void shouldRefuseUrls(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConnectionSettings("main", url, "evenkeel", FILE))
                .withMessageContaining("connection main")
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("word@").doesNotContain("=word"));
    }

    @Test
    @DisplayName("a destination is parsed and printed in the same form")
    void shouldParseDestinations() {
        assertThat(Destination.parse("queue:late-airports")).isEqualTo(Destination.queue("late-airports"));
        assertThat(Destination.parse("topic:a.b")).hasToString("topic:a.b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flights",
                "queue:",
                "queue:a b",
                "queue:a?exclusive=true",
                "queue:a::b",
                "queue:a.#",
                "exchange:a"
            })
    @DisplayName("a destination that would mean something else to the broker is refused")
    void shouldRefuseDestinations(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Destination.parse(text));
    }

    @Test
    @DisplayName("a batch has from 1 to 1000 messages, since settling counts on it")
    void shouldBoundBatches() {
        ReceiverSettings settings = ReceiverSettings.strict("flights", "flights", null);
        assertThat(settings.batch()).isEqualTo(1_000);
        assertThatIllegalArgumentException().isThrownBy(() -> settings.withBatch(0));
        assertThatIllegalArgumentException().isThrownBy(() -> settings.withBatch(1_001));
    }

    @Test
    @DisplayName("queues spread evenly over the nodes, and when a node leaves only its queues move")
    void shouldSpreadQueues() {
        Map<String, Integer> queuesOf = new HashMap<>();
        for (int queue = 0; queue < 3_000; queue++) {
            String name = "queue-" + queue;
            queuesOf.merge(first(name, "node-1", "node-2", "node-3"), 1, Integer::sum);
            if (!first(name, "node-1", "node-2", "node-3").equals("node-3")) {
                assertThat(first(name, "node-1", "node-2")).isEqualTo(first(name, "node-1", "node-2", "node-3"));
            }
        }
        assertThat(queuesOf.values()).hasSize(3).allMatch(count -> count > 850 && count < 1_150);
    }

    private static String first(String queue, String... nodes) {
        return Stream.of(nodes)
                .max((a, b) -> Integer.compare(RendezvousPriority.of(a, queue), RendezvousPriority.of(b, queue)))
                .orElseThrow();
    }

    @Test
    @DisplayName("the wait doubles up to five seconds and begins anew after a success")
    void shouldBackOff() {
        Backoff backoff = new Backoff();
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(50));
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(5));
        }
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(5));
        backoff.reset();
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(50));
    }

    @Test
    @DisplayName("a receiver goes from phase to phase as drawn, and an illegal step names both")
    void shouldKeepToLegalPhases() {
        ReceiverLife life = new ReceiverLife("flights", Clock.systemUTC());
        assertThatIllegalStateException()
                .isThrownBy(() -> life.enter(ReceiverPhase.ACTIVE))
                .withMessage("Receiver flights cannot go from STOPPED to ACTIVE; it may go to [CONNECTING]");
        life.enter(ReceiverPhase.CONNECTING);
        life.enter(ReceiverPhase.ACTIVE);
        assertThatIllegalStateException().isThrownBy(() -> life.enter(ReceiverPhase.CONNECTING));
        life.stopping();
        life.enter(ReceiverPhase.ACTIVE);
        life.enter(ReceiverPhase.STOPPED);
        life.enter(ReceiverPhase.CONNECTING);
    }
}
