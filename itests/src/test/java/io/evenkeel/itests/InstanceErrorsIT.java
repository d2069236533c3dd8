// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeApi;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("An instance that throws")
class InstanceErrorsIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String ERRORS = "/api/v1/queries/totals/instances/default/errors";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private int ids;

    private String order(String shop, String amount) {
        return "{\"id\":\"o" + ++ids + "\",\"shop\":\"" + shop + "\",\"amount\":\"" + amount + "\"}";
    }

    @Test
    @DisplayName(
            "Q10 F16 is listed with its errors on every node, also after its owner was killed, and goes on when told to skip them")
    void shouldBeIsolatedListedAndReleased() {
        try (Cluster cluster = aCluster()
                .withDocuments("event: Purchase\nfields: {id: string, shop: string, amount: string}\n")
                .withDocuments("""
                        query: totals
                        inputs:
                          - {event: Purchase, key: [shop], within: 1 hour}
                        epl: select sum(cast(amount, int)) as total from Purchase
                        output: {event: Total, to: "queue:totals"}
                        errors: {limit: 2}
                        ---
                        query: rests
                        inputs:
                          - {event: Purchase, key: [shop], within: 1 hour}
                        epl: select 7 % cast(amount, int) as rest from Purchase where shop = 'z'
                        output: {event: Rest, to: "queue:totals"}
                        errors: {limit: 2}
                        """)
                .withInput("orders", "Purchase")
                .withOutput("totals")
                .start(EVIDENCE.folder(), Seed.ofRun())) {
            cluster.publish(
                    "orders",
                    List.of(order("x", "1"), order("x", "many"), order("x", "few"), order("x", "2"), order("y", "5")));
            cluster.awaitMatches(2, SOON);
            NodeApi first = cluster.nodes().get(0).api();
            cluster.await("the errors to be listed", SOON, () -> {
                String listed = get(first);
                return listed.contains("NumberFormatException")
                        && listed.contains("many")
                        && listed.contains("\"quarantined\":true");
            });

            NodeProcess victim = cluster.nodes().get(1);
            cluster.kill(victim);
            cluster.restart(victim);
            cluster.await(
                    "the errors to be known after a node was killed",
                    SOON,
                    () -> get(cluster.nodes().get(2).api()).contains("\"errors\":2"));

            assertThat(first.change("POST", ERRORS + ":skip?key=none", "").status())
                    .isEqualTo(404);
            assertThat(first.change("POST", ERRORS + ":skip?key=x", "").status())
                    .isEqualTo(202);
            cluster.await("the quarantine to end", SOON, () -> get(first).contains("\"quarantined\":false"));
            cluster.publish("orders", List.of(order("x", "4")));
            cluster.awaitMatch(
                    "the sum without what threw", SOON, match -> match.body().contains("7"));
            List<String> bodies = new ArrayList<>();
            cluster.matches().forEach(match -> bodies.add(match.key() + " " + match.body()));
            assertThat(bodies).hasSize(3);

            cluster.publish("orders", List.of(order("z", "0"), order("z", "2")));
            cluster.awaitMatch(
                    "the rest after the one that divided by zero",
                    SOON,
                    match -> match.instance().equals("rests/default")
                            && match.body().equals("{\"rest\":1}"));
            assertThat(body(first, "/api/v1/queries/rests/instances/default/errors"))
                    .contains("ArithmeticException")
                    .contains("\"errors\":1");
        }
    }

    @Test
    @DisplayName("Q10 that takes too long for an event is quarantined for that key, with the reason; other keys go on")
    void shouldBeStopped() {
        String errors = "/api/v1/queries/pairs/instances/default/errors";
        try (Cluster cluster = aCluster()
                .withDocuments("event: Purchase\nfields: {id: string, shop: string, amount: long}\n")
                .withDocuments("""
                        query: pairs
                        inputs:
                          - {event: Purchase, key: [shop], within: 1 hour}
                        epl: >
                          select count(*) as n
                          from Purchase as a, Purchase as b, Purchase as c
                          where a.amount + b.amount > c.amount
                        output: {event: Pairs, to: "queue:pairs"}
                        errors: {limit: 3, budget: 20 ms}
                        """)
                .withInput("orders", "Purchase")
                .withBatch(20)
                .withOutput("pairs")
                .start(EVIDENCE.folder().resolve("slow"), Seed.ofRun())) {
            NodeApi api = cluster.nodes().get(0).api();
            // Each event of x costs as much as the square of those before it.
            AtomicReference<String> told = new AtomicReference<>("");
            BooleanSupplier stopped = () -> {
                told.set(body(api, errors));
                return told.get().contains("\"quarantined\":true");
            };
            int size = 200; // the first are quick
            for (int published = 0; !stopped.getAsBoolean(); ) {
                assertThat(published).as("events of x before it was stopped").isLessThan(1_500);
                List<String> some = new ArrayList<>();
                for (int i = 1; i <= size; i++) {
                    some.add("{\"id\":\"p" + ++ids + "\",\"shop\":\"x\",\"amount\":" + i + "}");
                }
                cluster.publish("orders", some);
                published += some.size();
                size = 20;
                int expected = published;
                cluster.await(
                        "matches, or x to be stopped",
                        SOON,
                        () -> stopped.getAsBoolean() || cluster.matches().size() >= expected);
            }
            assertThat(told.get()).contains("20 ms of CPU time for an event", "\"key\":\"x\"");

            cluster.publish("orders", List.of("{\"id\":\"last\",\"shop\":\"y\",\"amount\":1}"));
            cluster.awaitMatch(
                    "a match of another key", SOON, match -> match.key().equals("y"));
            assertThat(cluster.nodes().stream()
                            .map(node -> body(node.api(), "/metrics"))
                            .toList())
                    .anyMatch(
                            metrics -> metrics.contains("evenkeel_query_seconds{instance=\"default\",query=\"pairs\""));
        }
    }

    private static String body(NodeApi api, String path) {
        return api.get(path).map(NodeApi.Answer::body).orElse("");
    }

    private static String get(NodeApi api) {
        return body(api, ERRORS);
    }
}
