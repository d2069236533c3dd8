// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.LinearHistory;
import io.evenkeel.itests.kit.LinearHistory.Operation;
import io.evenkeel.itests.kit.LinearHistory.Told;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many clients read and replace one definition on all nodes, while nodes are killed and come back. {@code
 * -Devenkeel.catalog.kills=N} makes it longer.
 */
@DisplayName("The history of a definition")
class CatalogHistoryIT {
    private static final int CLIENTS = 6;
    private static final int KILLS = Integer.getInteger("evenkeel.catalog.kills", 2);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PATH = "/api/v1/events/Shared";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private final LinearHistory history = new LinearHistory();
    private volatile boolean ended;

    @Test
    @DisplayName("D3 N8 F19 as clients on all nodes saw it is possible in one order, while nodes are killed")
    void shouldBeLinear() {
        Seed seed = Seed.ofRun();
        System.out.println("repeat: " + seed.repeat(CatalogHistoryIT.class));
        Random random = seed.random("kills");
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (Cluster cluster = aCluster().withShards(4).start(EVIDENCE.folder(), seed)) {
            Answer first = cluster.nodes()
                    .get(0)
                    .api()
                    .send("PUT", PATH, document("v0"))
                    .orElseThrow();
            assertThat(first.status()).as(first.body()).isEqualTo(201);
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Client client = new Client("c" + i, cluster.nodes(), seed.random("client " + i));
                clients.add(CompletableFuture.runAsync(client::run, threads));
            }
            awaitOperations(cluster, 60);
            for (int i = 0; i < KILLS; i++) {
                NodeProcess victim =
                        cluster.nodes().get(random.nextInt(cluster.nodes().size()));
                cluster.kill(victim);
                awaitOperations(cluster, 40);
                cluster.restart(victim);
                awaitOperations(cluster, 40);
            }
            ended = true;
            clients.forEach(CompletableFuture::join);
        } finally {
            ended = true;
            threads.shutdownNow();
        }

        var counts =
                history.operations().stream().collect(Collectors.groupingBy(Operation::told, Collectors.counting()));
        System.out.println("catalog history: " + counts + " " + seed);
        assertThat(counts).containsKeys(Told.READ, Told.REPLACED, Told.REFUSED);
        assertThat(history.objection("v0")).isEmpty();
    }

    /** So many more than there are now, of which the outcome is known. */
    private void awaitOperations(Cluster cluster, int more) {
        long goal = known() + more;
        cluster.await(more + " more operations", LIMIT, () -> known() >= goal);
    }

    private long known() {
        return history.operations().stream()
                .filter(operation -> operation.told() != Told.UNKNOWN && operation.told() != Told.REFUSED)
                .count();
    }

    private static String document(String value) {
        return "event: Shared\ndescription: " + value + "\nfields: {a: long}\n";
    }

    private static String valueOf(Answer answer) {
        return answer.json().path("description").asText();
    }

    /** Reads, then tries to replace what it read; through another node each time. */
    private final class Client {
        private final String name;
        private final List<NodeProcess> nodes;
        private final Random random;
        private int writes;

        Client(String name, List<NodeProcess> nodes, Random random) {
            this.name = name;
            this.nodes = nodes;
            this.random = random;
        }

        void run() {
            while (!ended) {
                Optional<Answer> seen = read();
                if (seen.isPresent()) {
                    replace(valueOf(seen.get()), seen.get().header("ETag"));
                }
            }
        }

        private NodeProcess anyNode() {
            return nodes.get(random.nextInt(nodes.size()));
        }

        private Optional<Answer> read() {
            long called = System.nanoTime();
            Optional<Answer> answer = anyNode()
                    .api()
                    .send("GET", PATH, "", "Cache-Control", "no-cache")
                    .filter(one -> one.status() == 200);
            answer.ifPresent(
                    one -> history.note(new Operation(name, Told.READ, called, System.nanoTime(), "", valueOf(one))));
            return answer;
        }

        private void replace(String expected, String etag) {
            String value = name + "-" + ++writes;
            long called = System.nanoTime();
            Told told = Told.UNKNOWN;
            // Half of the clients give up after the first try; then nobody knows.
            int tries = random.nextBoolean() ? 1 : 200;
            for (int i = 0; i < tries && told == Told.UNKNOWN && !(ended && i > 0); i++) {
                told = anyNode()
                        .api()
                        .send("PUT", PATH, document(value), "If-Match", etag, "Idempotency-Key", value)
                        .map(Client.this::told)
                        .orElse(Told.UNKNOWN);
            }
            history.note(new Operation(name, told, called, System.nanoTime(), expected, value));
        }

        private Told told(Answer answer) {
            return switch (answer.status()) {
                case 200, 204 -> Told.REPLACED;
                case 412 -> Told.REFUSED;
                case 503 -> Told.UNKNOWN;
                default -> throw new AssertionError("Expected 200, 412 or 503, but got " + answer);
            };
        }
    }
}
