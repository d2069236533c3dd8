// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.HostileEpl.Attempt;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.NodeApi;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import io.evenkeel.runtime.esper.rule.Rule;
import io.evenkeel.runtime.esper.rule.RuleTable;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Queries on three nodes")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class QueriesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int RATE = 300;
    /** Attacks that do not get as far as the rules: a reserved word, an unknown name. */
    private static final List<String> NO_EPL =
            List.of("spawn with a builder", "start a thread", "hook by annotation", "the columns of the key");

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = aCluster()
                .withDocuments(Orders.documents())
                .withDocuments(HostileEpl.TYPES)
                .withDocuments("event: Purchase\nfields: {id: string, shop: string, kind: string, amount: string}\n")
                .withDocuments("event: Note\nfields: {id: string, shelf: string, text: string, n: integer}\n")
                .withInput("orders", "Sale")
                .withInput("payments", "Payment")
                .withInput("refunds", "Refund")
                .withInput("order-clocks", "OrderClock")
                .withInput("payment-clocks", "PaymentClock")
                .withInput("plain", "A")
                .withInput("purchases", "Purchase")
                .withInput("notes", "Note")
                .withOutput("found", "spent", "noted")
                .start(EVIDENCE.folder(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName(
            "Q3 Q4 Q5 keys of two fields by other names or none, filter, within, retain and unique, a wait, a heartbeat for a"
                    + " silent input and an idle one: the matches of one plain Esper")
    void shouldGiveWhatEsperGives() throws JMSException {
        System.out.println("repeat: " + SEED.repeat(QueriesIT.class));
        Orders orders = new Orders(SEED.random("orders"));
        SortedMap<Lane, List<String>> expected = orders.expected();
        assertThat(expected.keySet().stream().map(Lane::instance).distinct())
                .as("queries of which the oracle knows matches, else this shows nothing")
                .hasSize(Orders.READ_ORDERS);
        assertThat(expected.keySet().stream().map(Lane::key).distinct())
                .as("nine keys, and none")
                .hasSize(10);

        cluster.publish("refunds", orders.lines("Refund", false));
        cluster.awaitDrained();
        Publishing first = cluster.publishing("orders", orders.lines("Sale", false), RATE);
        Publishing payments = cluster.publishing("payments", orders.lines("Payment", false), RATE);
        first.await(SOON);
        payments.await(SOON);
        cluster.awaitDrained();
        cluster.publish("orders", orders.lines("Sale", true));
        cluster.awaitDrained();
        assertThat(cluster.matches())
                .filteredOn(match -> match.instance().startsWith("joined/")
                        || match.instance().startsWith("paid/"))
                .as("what must wait for payments")
                .noneMatch(match -> orders.isHeldByPayments(field(match, "o")));

        cluster.publish("payment-clocks", List.of(orders.heartbeat("made")));
        cluster.awaitMatch(
                "an order that waited for the heartbeat of payments",
                SOON,
                match -> match.instance().startsWith("joined/") && orders.isHeldByPayments(field(match, "o")));
        cluster.publish("order-clocks", List.of(orders.heartbeat("placed")));
        int count = expected.values().stream().mapToInt(List::size).sum();
        cluster.awaitCount("all matches", count, SOON, QueriesIT::ofOrders);
        cluster.awaitDrained();
        Verdict verdict = cluster.judge(orders.published(), expected, QueriesIT::ofOrders);
        // Not that they are in order: what an event of another queue releases, another session sends.
        assertThat(verdict.complete()).as("%s", verdict).isTrue();

        cluster.publish("orders", List.of(orders.late()));
        assertLate(orders);
    }

    private static boolean ofOrders(ReceivedMatch match) {
        return match.queue().equals("found") && !match.instance().startsWith("plain/");
    }

    private static String field(ReceivedMatch match, String name) {
        return match.body().replaceAll(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    private static void assertLate(Orders orders) throws JMSException {
        try (RawQueue queue = new RawQueue(cluster.connection(), "orders.late")) {
            List<Message> messages = queue.take(Orders.READ_ORDERS, SOON);
            assertThat(messages).hasSize(Orders.READ_ORDERS);
            List<String> queries = new ArrayList<>();
            for (Message message : messages) {
                assertThat(message.getStringProperty("eventId")).isEqualTo("too-late");
                assertThat(message.getLongProperty("evenkeelLateMs")).isEqualTo(orders.lateMs());
                queries.add(message.getStringProperty("evenkeelQuery"));
            }
            assertThat(queries).doesNotHaveDuplicates();
        }
        cluster.await("both counts of late events", SOON, () -> metric("evenkeel_late_events") == Orders.READ_ORDERS);
        assertThat(metric("evenkeel_receiver_late_total")).isEqualTo(Orders.READ_ORDERS);
    }

    private static double metric(String name) {
        return cluster.nodes().stream()
                .mapToDouble(node -> node.api().metric(name))
                .sum();
    }

    @Test
    @Order(2)
    @DisplayName("Q6 Q8 F17 refuse every attack and what the rules refuse with 422, line, reason and remedy, and live")
    void shouldRefuse() {
        Map<String, Rule> rules = RuleTable.all().stream().collect(Collectors.toMap(Rule::id, Function.identity()));
        List<Attempt> attempts = new ArrayList<>(HostileEpl.attacks());
        assertThat(attempts).hasSizeGreaterThan(40);
        attempts.addAll(HostileEpl.refused());
        TreeSet<String> seen = new TreeSet<>();
        List<String> unruled = new ArrayList<>();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            NodeApi.Answer answer = node(i % 3).change("PUT", "/api/v1/queries/hostile", attempt.document());
            assertThat(answer.status()).as("%s: %s", attempt, answer.body()).isEqualTo(422);
            List<String> ruled = new ArrayList<>();
            for (JsonNode fault : answer.json().path("faults")) {
                String message = fault.path("message").asText();
                assertThat(fault.path("line").asInt())
                        .as("%s: %s", attempt, fault)
                        .isEqualTo(HostileEpl.EPL_LINE);
                assertThat(message).startsWith("Expected");
                rules.values().stream()
                        .filter(rule -> message.contains("rule=" + rule.id() + " "))
                        .forEach(rule -> {
                            assertThat(message).contains(rule.reason(), rule.remedy());
                            ruled.add(rule.id());
                        });
            }
            if (ruled.isEmpty()) {
                assertThat(answer.body()).contains("Expected EPL that compiles, but");
                unruled.add(attempt.what());
            }
            seen.addAll(ruled);
        }
        assertThat(unruled)
                .as("what is no EPL here, so that no rule gets to see it; the reason is the compiler's")
                .containsExactlyInAnyOrderElementsOf(NO_EPL);
        assertThat(seen).isEqualTo(rules.keySet());

        for (NodeProcess node : cluster.nodes()) {
            assertThat(node.isAlive() && node.api().ready()).isTrue();
            assertThat(node.api().get("/api/v1/queries/hostile").orElseThrow().status())
                    .isEqualTo(404);
        }
        node(0).put("/api/v1/queries/plain", """
                query: plain
                inputs: [{event: A, key: [k], within: 30 seconds}]
                epl: select k, v from A
                output: {event: M, to: "queue:found"}
                """);
        cluster.publish("plain", List.of("{\"id\":\"p1\",\"k\":\"x\",\"v\":7}"));
        assertThat(cluster.awaitMatch(
                                "a match of a normal query",
                                SOON,
                                match -> match.instance().startsWith("plain/"))
                        .body())
                .isEqualTo("{\"k\":\"x\",\"v\":7}");
    }

    private static NodeApi node(int index) {
        return cluster.nodes().get(index).api();
    }

    // ---- errors

    private static final String SPENT = """
            query: spent
            parameters: {trap: {type: string}}
            inputs: [{event: Purchase, key: [shop], within: 1 hour}]
            epl: |
              select sum(case when kind = ?:trap then cast(amount, int) else 1 end) as total, count(*) as n from Purchase
            output: {event: Spent, to: "queue:spent"}
            errors: {limit: 2}
            """;

    @Test
    @Order(3)
    @DisplayName(
            "Q10 an instance that threw throws again when told to retry, goes on when told to skip or when its query was"
                    + " mended, and the other instance of the query never notices")
    void shouldRetry() {
        node(0).put("/api/v1/queries/spent", SPENT);
        node(0).put("/api/v1/queries/spent/instances/a", "query: spent\ninstance: a\nparameters: {trap: x}\n");
        node(1).put("/api/v1/queries/spent/instances/b", "query: spent\ninstance: b\nparameters: {trap: y}\n");
        purchase(1, "x", "10");
        awaitSpent("a", 1, "{\"n\":1,\"total\":10}");
        purchase(2, "x", "many");
        purchase(3, "x", "few");
        awaitErrors("a", "\"errors\":2", "\"quarantined\":true", "NumberFormatException", "many", "few");
        assertThat(metric("evenkeel_quarantined_instances")).isEqualTo(1);
        purchase(4, "x", "20");
        awaitSpent("b", 4, "{\"n\":4,\"total\":4}");

        order("a", "skip");
        awaitErrors("a", "\"errors\":0", "\"quarantined\":false");
        purchase(5, "x", "30");
        awaitSpent("a", 2, "{\"n\":3,\"total\":60}");

        // It sees what it threw at again, throws, and that counts.
        order("a", "retry");
        awaitErrors("a", "\"errors\":2", "\"quarantined\":true", "many", "few");
        purchase(6, "x", "40");
        awaitSpent("b", 6, "{\"n\":6,\"total\":6}");

        node(2).put(
                        "/api/v1/queries/spent",
                        SPENT.replace("when kind = ?:trap", "when kind = ?:trap and amount regexp '[0-9]+'"));
        awaitErrors("a", "[]");
        purchase(7, "x", "50");
        awaitSpent("a", 3, "{\"n\":7,\"total\":152}");
        awaitSpent("b", 7, "{\"n\":7,\"total\":7}");
        assertThat(errors("b")).isEqualTo("[]");
        assertThat(spent("b"))
                .as("one for each event, whatever the other did")
                .extracting(ReceivedMatch::body)
                .containsExactly(
                        "{\"n\":1,\"total\":1}",
                        "{\"n\":2,\"total\":2}",
                        "{\"n\":3,\"total\":3}",
                        "{\"n\":4,\"total\":4}",
                        "{\"n\":5,\"total\":5}",
                        "{\"n\":6,\"total\":6}",
                        "{\"n\":7,\"total\":7}");
        assertThat(metric("evenkeel_quarantined_instances")).isZero();
    }

    private static void purchase(int number, String kind, String amount) {
        cluster.publish(
                "purchases",
                List.of("{\"id\":\"p" + number + "\",\"shop\":\"s\",\"kind\":\"" + kind + "\",\"amount\":\"" + amount
                        + "\"}"));
    }

    private static List<ReceivedMatch> spent(String instance) {
        return cluster.matches().stream()
                .filter(match -> match.instance().equals("spent/" + instance))
                .toList();
    }

    private static void awaitSpent(String instance, int count, String latest) {
        cluster.await(
                count + " matches of spent/" + instance,
                SOON,
                () -> spent(instance).size() >= count);
        assertThat(spent(instance))
                .hasSize(count)
                .last()
                .extracting(ReceivedMatch::body)
                .isEqualTo(latest);
    }

    private static String errors(String instance) {
        return errorsOf("spent", instance);
    }

    private static void awaitErrors(String instance, String... texts) {
        cluster.await("errors of " + instance + " with " + List.of(texts), SOON, () -> {
            String told = errors(instance);
            return List.of(texts).stream().allMatch(told::contains);
        });
    }

    private static void order(String instance, String order) {
        assertThat(node(1).change("POST", "/api/v1/queries/spent/instances/" + instance + "/errors:" + order, "")
                        .status())
                .isEqualTo(202);
    }

    // ---- memory

    /** Each stage makes the text eight times as long: four characters become 537 million. */
    private static final int STAGES = 9;

    private static String wide() {
        StringBuilder epl = new StringBuilder(
                "  insert into N0 select id, shelf, case when ?:dive then text else '' end as text" + " from Note;\n");
        for (int i = 0; i < STAGES; i++) {
            epl.append("  insert into N%d select id, shelf, text%s as text from N%d;\n"
                    .formatted(i + 1, ".concat(text)".repeat(7), i));
        }
        return """
                query: wide
                parameters: {dive: {type: boolean}}
                inputs: [{event: Note, key: [shelf], within: 1 hour}]
                epl: |
                %s  select id, text.length() as m from N%d
                output: {event: Noted, to: "queue:noted"}
                """.formatted(epl, STAGES);
    }

    @Test
    @Order(4)
    @DisplayName(
            "F16 I8 an event that takes all the memory is left out for the instance that does it, and no node ends, nor who"
                    + " replays it; the other instance and the other events have their matches")
    void shouldOutliveMemory() {
        node(0).put("/api/v1/queries/wide", wide());
        node(1).put("/api/v1/queries/wide/instances/calm", "query: wide\ninstance: calm\nparameters: {dive: false}\n");
        node(2).put("/api/v1/queries/wide/instances/diver", "query: wide\ninstance: diver\nparameters: {dive: true}\n");
        // Keys of all nodes: some have the receiver as their owner, and some do not.
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            notes.add("{\"id\":\"d%d\",\"shelf\":\"s%d\",\"text\":\"dive\",\"n\":1}".formatted(i, i));
            notes.add("{\"id\":\"c%d\",\"shelf\":\"s%d\",\"text\":\"\",\"n\":2}".formatted(i, i));
        }
        cluster.publish("notes", notes);

        // For each key: both events for the calm instance, the harmless one for the other.
        cluster.awaitCount("matches of notes", 12 + 6, SOON, QueriesIT::ofNotes);
        cluster.awaitDrained();
        assertThat(cluster.nodes()).allMatch(NodeProcess::isAlive);
        assertThat(cluster.matches())
                .filteredOn(QueriesIT::ofNotes)
                .hasSize(12 + 6)
                .noneMatch(match ->
                        match.instance().endsWith("/diver") && match.body().contains("\"d"));
        assertThat(errorsOf("wide", "calm")).isEqualTo("[]");
        for (int i = 0; i < 6; i++) {
            assertThat(errorsOf("wide", "diver")).contains("OutOfMemoryError", "\"key\":\"s" + i + "\"");
        }

        NodeProcess victim = cluster.awaitReceiver("notes");
        cluster.kill(victim);
        cluster.restart(victim);
        cluster.publish("notes", List.of("{\"id\":\"z\",\"shelf\":\"s0\",\"text\":\"\",\"n\":3}"));
        cluster.awaitCount("matches of notes", 12 + 6 + 2, SOON, QueriesIT::ofNotes);
        assertThat(cluster.nodes()).allMatch(NodeProcess::isAlive);
    }

    private static boolean ofNotes(ReceivedMatch match) {
        return match.queue().equals("noted");
    }

    private static String errorsOf(String query, String instance) {
        // It is refused while one of the nodes is too busy to answer.
        AtomicReference<String> told = new AtomicReference<>("");
        cluster.await(
                "the errors of " + query + "/" + instance,
                SOON,
                () -> node(0).get("/api/v1/queries/" + query + "/instances/" + instance + "/errors")
                        .filter(answer -> answer.status() == 200)
                        .map(answer -> {
                            told.set(answer.body());
                            return true;
                        })
                        .isPresent());
        return told.get();
    }
}
