// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.correlator.http.MatchHistory.Entry;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.GridSettings;
import io.evenkeel.runtime.hazelcast.Siding;
import io.evenkeel.runtime.shard.Match;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FeedWriterTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final CountDownLatch THAW = new CountDownLatch(1);

    /** Takes a thread of a member that answers. */
    private static final class Frozen implements Runnable, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public void run() {
            try {
                THAW.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    @DisplayName(
            "F6 relaxed: while a copy of the ring is on a silent node, matches wait aside, and are in the ring when it answers")
    void shouldKeepAsideWhileTheRingIsHeldUp() throws Exception {
        List<Integer> ports = FreePorts.take(3);
        List<HazelcastInstance> members = new ArrayList<>();
        List<FeedWriter> writers = new ArrayList<>();
        try {
            for (int node = 0; node < 3; node++) {
                members.add(Grid.start(settings(ports, node)));
            }
            await(
                    "copies to be there",
                    () -> members.get(0).getPartitionService().isClusterSafe());
            Member holder = members.get(0)
                    .getPartitionService()
                    .getPartition(Grid.MATCHES)
                    .getOwner();
            int at = members.get(0).getCluster().getLocalMember().equals(holder) ? 1 : 0;
            HazelcastInstance here = members.get(at);
            // What waits is moved by the node on which it waits.
            for (int node = 0; node < 3; node++) {
                writers.add(new FeedWriter(members.get(node), settings(ports, node)));
            }
            writers.forEach(FeedWriter::start);
            FeedWriter writer = writers.get(at);
            GridMatches matches = new GridMatches(here, 100);
            writer.keep(List.of(match(1)), false);

            here.getExecutorService(Grid.LIFE).executeOnMember(new Frozen(), holder);
            Siding siding = new Siding(here, settings(ports, at));
            await("the holder to be silent", () -> {
                siding.ask();
                return siding.isNeededFor(Grid.MATCHES);
            });
            writer.keep(List.of(match(2)), false);
            assertThat(matches.read(0).entries()).extracting(Entry::id).containsExactly("q/i|c1|0");
            // Those who promise an order do not go by another way.
            writer.keep(List.of(match(3)), true);
            assertThat(matches.read(0).entries()).extracting(Entry::id).containsExactly("q/i|c1|0", "q/i|c3|0");

            THAW.countDown();
            await("what waited to be there", () -> matches.read(0).entries().size() == 3);
            assertThat(matches.read(0).entries())
                    .extracting(Entry::id)
                    .containsExactly("q/i|c1|0", "q/i|c3|0", "q/i|c2|0");
            assertThat(matches.read(0).entries().get(2).json()).contains("\"cause\":\"c2\"");
        } finally {
            THAW.countDown();
            writers.forEach(FeedWriter::close);
            members.forEach(member -> member.getLifecycleService().terminate());
        }
    }

    @Test
    @DisplayName("what is told of a match is JSON in one line; a body that is too long is left to the queue")
    void shouldTellInOneLine() throws IOException {
        String line = FeedWriter.json(
                new Match(new InstanceId("q", "i"), 0, 2, "k\n\u2028", "c1", "E", "queue:o", "{\"n\":1}"));

        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(line).doesNotContain("\n", "\u2028");
        assertThat(json.path("key").asText()).isEqualTo("k\n\u2028");
        assertThat(json.at("/body/n").asInt()).isEqualTo(1);
        assertThat(new ObjectMapper()
                        .readTree(FeedWriter.json(match(1, "\"" + "x".repeat(FeedWriter.LONGEST_BODY) + "\"")))
                        .path("body")
                        .isNull())
                .isTrue();
    }

    private static Match match(int number) {
        return match(number, "{}");
    }

    private static Match match(int number, String body) {
        return new Match(new InstanceId("q", "i"), 0, 2, "k\n\u2028", "c" + number, "E", "queue:o", body);
    }

    private static GridSettings settings(List<Integer> ports, int node) {
        return new GridSettings(
                "feed-" + ports.get(0),
                "n" + node,
                "127.0.0.1",
                ports.get(node),
                ports.stream().map(port -> "127.0.0.1:" + port).toList(),
                1,
                8,
                2,
                true,
                true,
                100);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("nanoseconds too late for " + what)
                    .isNegative();
            Thread.onSpinWait();
        }
    }
}
