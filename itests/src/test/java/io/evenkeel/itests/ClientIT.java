// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.client.CatalogNews;
import io.evenkeel.client.Change;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.ChangeSteps;
import io.evenkeel.client.DefinitionId;
import io.evenkeel.client.Done;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Feed;
import io.evenkeel.client.ListedDefinition;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Limits;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java client against three processes, of which the one that it talks to dies. */
@DisplayName("The Java client")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClientIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** 2 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final Duration SURVIVOR_LIMIT = Duration.ofSeconds(Limits.strictly(2, 20));

    private static final String READING = "{event: Reading, fields: {id: string, sensor: string, amount: integer}}";
    private static final String HIGH = """
            query: high
            parameters: {least: {type: integer, default: 10}}
            inputs: [{event: Reading, key: [sensor], within: 1 hour}]
            epl: select id, sum(amount) as total from Reading having sum(amount) >= ?:least
            output: {event: High, to: "queue:high"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static Cluster cluster;
    private static EvenkeelClient client;
    private static int cases;

    @BeforeAll
    static void start() throws InterruptedException {
        cluster = aCluster()
                .withShards(8)
                .withInput("readings", "Reading")
                .withOutput("high")
                .start(EVIDENCE.folder(), Seed.ofRun());
        client = newClient();
        client.put(DefinitionId.event("Reading"), READING);
        client.put(DefinitionId.query("high"), HIGH);
        client.change(new ChangeSteps()
                .put("{\"query\":\"high\",\"instance\":\"ten\"}")
                .put("{\"query\":\"high\",\"instance\":\"twenty\",\"parameters\":{\"least\":20}}"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String url(NodeProcess node) {
        return node.api()
                .cluster()
                .flatMap(status -> status.path("members").findParents("name").stream()
                        .filter(member -> member.path("name").asText().equals(node.name()))
                        .findFirst())
                .map(member -> member.path("http").asText())
                .orElseThrow(() -> new AssertionError("Expected " + node.name() + " to tell its URL"));
    }

    private static EvenkeelClient newClient() {
        return EvenkeelClient.of(cluster.nodes().stream().map(ClientIT::url).toArray(String[]::new));
    }

    private static NodeProcess node(int number) {
        return cluster.node("node-" + number);
    }

    private static Answer plain(NodeProcess node, String method, String path, String yaml, String... headers) {
        return node.api().send(method, path, yaml, headers).orElseThrow();
    }

    @Test
    @Order(1)
    @DisplayName("D11 what the client does, plain HTTP does with the same outcome")
    void shouldDoNothingThatHttpCannot() throws InterruptedException {
        // Each on a node of its own, since a node shows what it runs.
        NodeProcess other = node(2);
        Done byClient = client.put(DefinitionId.event("A"), "{event: A, fields: {k: string}}", ChangeOptions.key("a"));
        Answer byHand = plain(other, "PUT", "/api/v1/events/B", "{event: B, fields: {k: string}}");
        assertThat(byHand.status()).isEqualTo(201);
        assertThat(byHand.header("Evenkeel-Revision")).isEqualTo(Long.toString(byClient.revision() + 1));
        assertThat(plain(other, "PUT", "/api/v1/events/A", "{event: A, fields: {k: string}}", "Idempotency-Key", "a")
                        .header("Evenkeel-Repeated"))
                .isEqualTo("true");

        assertThat(plain(other, "GET", "/api/v1/events/A", "").header("ETag")).isEqualTo(byClient.etag());
        assertThat(plain(other, "GET", "/api/v1/changes/" + byClient.change(), "")
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo(client.readChange(byClient.change()).orElseThrow().state());
        assertThat(plain(other, "GET", "/api/v1/queries/high/instances", "")
                        .json()
                        .findValuesAsText("etag"))
                .isEqualTo(client.instances("high").stream()
                        .map(listed -> listed.definition().etag())
                        .toList());
        assertThat(plain(other, "POST", "/api/v1/queries:check", HIGH)
                        .json()
                        .path("checked")
                        .get(0)
                        .asText())
                .isEqualTo(client.check(HIGH).get(0));
        assertThat(plain(other, "GET", "/api/v1/queries/high/instances/ten/errors", "")
                        .json())
                .hasSize(client.errors("high", "ten").size());
        assertThat(plain(other, "GET", "/api/v1/cluster", "").json().path("members"))
                .hasSize(client.cluster().members().size());

        client.delete(DefinitionId.event("A"), ChangeOptions.cascading());
        assertThat(plain(other, "DELETE", "/api/v1/events/B?cascade=true", "").status())
                .isEqualTo(204);
        Change gone = client.change(new ChangeSteps().put("{\"event\":\"C\",\"fields\":{\"k\":\"string\"}}"));
        JsonNode back = plain(other, "POST", "/api/v1/changes", "changes: [{delete: {event: C}}]")
                .json();
        assertThat(back.path("revision").asLong()).isEqualTo(gone.revision() + 1);
    }

    @Test
    @Order(2)
    @DisplayName(
            "N7 its node is killed: within 2 s it reads the same from a survivor, and its feed goes on without gap or repeat")
    void shouldReachASurvivor() throws InterruptedException {
        EvenkeelClient connected = newClient();
        List<ListedDefinition> before = connected.instances("high");
        assertThat(before).hasSize(2);
        NodeProcess mine = cluster.node(connected.cluster().node());
        List<Long> told = new ArrayList<>();
        try (Feed<CatalogNews> feed = connected.followCatalog("")) {
            told.add(feed.next(SOON).orElseThrow().revision());

            cluster.kill(mine);
            long killed = System.nanoTime();
            List<ListedDefinition> after = connected.instances("high");
            Duration took = Duration.ofNanos(System.nanoTime() - killed);

            System.out.println("client: a survivor answered after " + took.toMillis() + " ms");
            assertThat(took).isLessThan(SURVIVOR_LIMIT);
            // Values, versions, revisions and ETags.
            assertThat(after).isEqualTo(before);
            assertThat(connected.cluster().node()).isNotEqualTo(mine.name());
            long last = 0;
            for (int i = 0; i < 3; i++) {
                last = connected
                        .put(DefinitionId.instance("high", "n" + i), "{query: high, instance: n" + i + "}")
                        .revision();
            }
            // Revisions that come quickly may be told as one, what they put not twice and not never.
            List<String> put = new ArrayList<>();
            while (told.get(told.size() - 1) < last) {
                CatalogNews news = feed.next(SOON).orElseThrow();
                told.add(news.revision());
                news.put().forEach(each -> put.add(each.definition()));
            }
            assertThat(told).isSorted().doesNotHaveDuplicates();
            assertThat(put).containsExactly("instance high/n0", "instance high/n1", "instance high/n2");
        }
        cluster.restartDead();
    }

    @ParameterizedTest(name = "at {0}")
    @Order(3)
    @ValueSource(strings = {"ALL_PREPARED", "AFTER_DECISION"})
    @DisplayName("N8 its node dies with its request in hand: it is made once, and the client has its answer")
    void shouldBeDoneOnce(String point) throws InterruptedException {
        NodeProcess dying = node(1);
        dying.stop();
        cluster.restart(dying, "-Devenkeel.crash=" + point + ":1");
        dying.expectEnd();
        EvenkeelClient connected = newClient();
        assertThat(connected.cluster().node()).isEqualTo(dying.name());
        long before = connected.latest().cluster().catalogRevision();
        DefinitionId id = DefinitionId.instance("high", "once" + ++cases);

        Done done = connected.put(id, "{query: high, instance: once" + cases + "}", ChangeOptions.createOnly());

        assertThat(cluster.awaitDeath(dying, SOON)).isNotZero();
        assertThat(done.revision()).isEqualTo(before + 1);
        assertThat(connected.latest().read(id)).isPresent();
        assertThat(connected.cluster().catalogRevision()).isEqualTo(before + 1);
        cluster.restartDead();
    }
}
