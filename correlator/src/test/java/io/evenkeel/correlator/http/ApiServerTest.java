// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.correlator.catalog.NodeOutcome;
import io.evenkeel.correlator.catalog.NodeState;
import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.correlator.guarantee.Guarantees;
import io.evenkeel.correlator.guarantee.Weakening;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.DocumentReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ApiServerTest {
    private static final String FLIGHT =
            "event: Flight\nfields: {origin: string, scheduled: timestamp, delay: integer}\n";
    private static final String QUERY = """
            query: late
            parameters:
              minDelay: {type: integer, default: 60, minimum: 0}
            inputs:
              - {event: Flight, key: [origin], within: 2 hours}
            epl: select origin, delay from Flight where delay >= ?:minDelay
            output: {event: Late, to: 'queue:late'}
            """;
    private static final ObjectMapper JSON = new ObjectMapper();
    private final MemoryCatalog catalog = new MemoryCatalog();
    private final FixedCluster cluster = new FixedCluster();
    private final MemoryHistory matches = new MemoryHistory(100);
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private ApiServer server;
    private Contract contract;

    private static final class FixedCluster implements ClusterView {
        private volatile boolean ready = true;

        @Override
        public ClusterStatus status() {
            return new ClusterStatus(
                    "demo",
                    "n1",
                    ready,
                    ready ? List.of() : List.of("1 of 2 members is here"),
                    3,
                    List.of(new ClusterStatus.Member("n1", "127.0.0.1:5701", null)),
                    List.of(new ClusterStatus.ShardRow(0, "n1", 2, 17, 1, 3, 0)),
                    List.of(),
                    Guarantees.of(List.of(), List.of(Weakening.NO_BACKUPS.at("n1", "cluster.backups", "0"))));
        }

        @Override
        public boolean ready() {
            return ready;
        }
    }

    @BeforeEach
    void start() {
        server = new ApiServer(new Http("127.0.0.1", 0), catalog, cluster, matches, () -> "evenkeel_up 1\n").start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("a definition that was put is read back as the same document, as JSON and as YAML")
    void shouldReadBackWhatWasPut() throws Exception {
        HttpResponse<String> created = put("/api/v1/events/Flight", FLIGHT);
        HttpResponse<String> read = send("GET", "/api/v1/events/Flight", null);
        HttpResponse<String> yaml = send("GET", "/api/v1/events/Flight", null, "Accept", "application/yaml");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.headers().firstValue("ETag"))
                .isEqualTo(created.headers().firstValue("ETag"));
        assertThat(JSON.readTree(read.body())).isEqualTo(new YAMLMapper().readTree(FLIGHT));
        assertThat(new YAMLMapper().readTree(yaml.body())).isEqualTo(new YAMLMapper().readTree(FLIGHT));
        assertThat(put("/api/v1/events/Flight", FLIGHT).statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("a feed of matches that is switched off is not found, and says by which setting")
    void shouldSayThatTheFeedIsOff() throws Exception {
        matches.switchOff();

        HttpResponse<String> answer = send("GET", "/api/v1/matches", null, "Accept", "text/event-stream");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(answer.body()).path("code").asText()).isEqualTo("NOT_FOUND");
        assertThat(answer.body()).contains("cluster.feed is 0");
    }

    @Test
    @DisplayName("a definition is put as JSON too")
    void shouldTakeJson() throws Exception {
        String json = "{\"event\": \"Flight\", \"fields\": {\"origin\": \"string\"}}";

        HttpResponse<String> answer =
                send("PUT", "/api/v1/events/Flight", json, "Content-Type", "application/json; charset=utf-8");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(catalog.current().eventTypes()).containsOnlyKeys("Flight");
    }

    @Test
    @DisplayName("queries and instances are listed with their versions and deleted in order")
    void shouldListAndDelete() throws Exception {
        putAll();

        JsonNode queries = JSON.readTree(send("GET", "/api/v1/queries", null).body());
        JsonNode instances = JSON.readTree(
                send("GET", "/api/v1/queries/late/instances", null).body());

        assertThat(queries).hasSize(1);
        assertThat(queries.get(0).path("version").asInt()).isEqualTo(1);
        assertThat(queries.get(0).at("/definition/query").asText()).isEqualTo("late");
        assertThat(instances.get(0).at("/definition/parameters/minDelay").asInt())
                .isEqualTo(90);
        assertProblem(send("DELETE", "/api/v1/queries/late", null), 409, "CONFLICT");
        assertProblem(send("DELETE", "/api/v1/events/Flight", null), 409, "CONFLICT");
        assertThat(send("DELETE", "/api/v1/queries/late/instances/a", null).statusCode())
                .isEqualTo(204);
        assertThat(send("DELETE", "/api/v1/queries/late", null).statusCode()).isEqualTo(204);
        assertThat(send("DELETE", "/api/v1/events/Flight", null).statusCode()).isEqualTo(204);
        assertProblem(send("DELETE", "/api/v1/events/Flight", null), 404, "NOT_FOUND");
        assertProblem(send("GET", "/api/v1/queries/late/instances", null), 404, "NOT_FOUND");
    }

    @Test
    @DisplayName("Q2 each fault of a definition is one entry with its field and line")
    void shouldNameEachFault() throws Exception {
        put("/api/v1/events/Flight", FLIGHT);

        JsonNode problem = assertProblem(
                put(
                        "/api/v1/queries/late",
                        QUERY.replace("minimum: 0", "minimum: x").replace("within", "wihtin")),
                422,
                "DEFINITION_REFUSED");

        assertThat(problem.path("faults").findValuesAsText("field"))
                .contains("parameters.minDelay.minimum", "inputs[0].wihtin");
        assertThat(problem.path("faults").findValuesAsText("line")).contains("3", "5");
        assertThat(catalog.current().queries()).isEmpty();
    }

    @Test
    @DisplayName("a name in the body that is not the one of the path is a fault")
    void shouldRefuseOtherName() throws Exception {
        JsonNode problem = assertProblem(put("/api/v1/events/Train", FLIGHT), 422, "DEFINITION_REFUSED");

        assertThat(problem.at("/faults/0/field").asText()).isEqualTo("event");
        assertThat(problem.at("/faults/0/line").asInt()).isEqualTo(1);
    }

    @Test
    @DisplayName("what cannot be read at all is the request's fault")
    void shouldRefuseUnreadableBodies() throws Exception {
        assertProblem(put("/api/v1/events/Flight", ""), 400, "UNREADABLE");
        assertProblem(put("/api/v1/events/Flight", "event: [Flight"), 400, "UNREADABLE");
        assertProblem(
                send("PUT", "/api/v1/events/Flight", "{\"event\":", "Content-Type", "application/json"),
                400,
                "UNREADABLE");
        assertProblem(
                send("PUT", "/api/v1/events/Flight", FLIGHT, "Content-Type", "text/html"),
                415,
                "UNSUPPORTED_MEDIA_TYPE");
        assertProblem(put("/api/v1/events/Flight", "# " + "x".repeat(1_100_000)), 413, "TOO_LARGE");
    }

    @Test
    @DisplayName("If-Match lets a change through only on the version that its author saw")
    void shouldHonourIfMatch() throws Exception {
        String seen = etag(put("/api/v1/events/Flight", FLIGHT));
        String now = etag(put("/api/v1/events/Flight", FLIGHT.replace("delay: integer", "delay: long")));

        assertThat(now).isNotEqualTo(seen);
        assertProblem(send("PUT", "/api/v1/events/Flight", FLIGHT, "If-Match", seen), 412, "PRECONDITION_FAILED");
        assertProblem(send("DELETE", "/api/v1/events/Flight", null, "If-Match", seen), 412, "PRECONDITION_FAILED");
        assertThat(send("PUT", "/api/v1/events/Flight", FLIGHT, "If-Match", now).statusCode())
                .isEqualTo(200);
        assertProblem(
                send("PUT", "/api/v1/events/Other", "event: Other\nfields: {a: string}", "If-Match", "*"),
                412,
                "PRECONDITION_FAILED");
    }

    @Test
    @DisplayName("If-None-Match: * creates and never replaces; a known ETag spares the body")
    void shouldHonourIfNoneMatch() throws Exception {
        assertThat(send("PUT", "/api/v1/events/Flight", FLIGHT, "If-None-Match", "*")
                        .statusCode())
                .isEqualTo(201);
        assertProblem(send("PUT", "/api/v1/events/Flight", FLIGHT, "If-None-Match", "*"), 412, "PRECONDITION_FAILED");

        String etag = etag(send("GET", "/api/v1/events/Flight", null));
        HttpResponse<String> unchanged = send("GET", "/api/v1/events/Flight", null, "If-None-Match", etag);

        assertThat(unchanged.statusCode()).isEqualTo(304);
        assertThat(unchanged.body()).isEmpty();
    }

    @Test
    @DisplayName("a deleted definition that was made again does not match the ETag of the first one")
    void shouldTellRecreatedFromFirst() throws Exception {
        String first = etag(put("/api/v1/events/Flight", FLIGHT));
        send("DELETE", "/api/v1/events/Flight", null);
        put("/api/v1/events/Flight", FLIGHT);

        assertProblem(send("DELETE", "/api/v1/events/Flight", null, "If-Match", first), 412, "PRECONDITION_FAILED");
    }

    @Test
    @DisplayName("a precondition is judged again when another change came in between")
    void shouldJudgeAgainAfterRace() throws Exception {
        String etag = etag(put("/api/v1/events/Flight", FLIGHT));

        catalog.race(changes("event: Train\nfields: {no: long}"));
        String next = FLIGHT.replace("delay: integer", "delay: long");
        assertThat(send("PUT", "/api/v1/events/Flight", next, "If-Match", etag).statusCode())
                .isEqualTo(200);

        String now = etag(send("GET", "/api/v1/events/Flight", null));
        catalog.race(changes(FLIGHT));
        assertProblem(send("DELETE", "/api/v1/events/Flight", null, "If-Match", now), 412, "PRECONDITION_FAILED");
    }

    @Test
    @DisplayName("in a minority a change is answered with 503 and when to come again")
    void shouldSayWhenToComeAgain() throws Exception {
        catalog.setAvailable(false);

        HttpResponse<String> answer = put("/api/v1/events/Flight", FLIGHT);

        assertProblem(answer, 503, "UNAVAILABLE");
        assertThat(answer.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    @DisplayName("documents are checked together without a change")
    void shouldCheckWithoutChange() throws Exception {
        HttpResponse<String> good = send("POST", "/api/v1/queries:check", FLIGHT + "---\n" + QUERY);

        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(good.body()).path("checked")).hasSize(2);
        assertProblem(send("POST", "/api/v1/queries:check", QUERY), 422, "DEFINITION_REFUSED");
        assertThat(catalog.current().revision()).isZero();
    }

    @Test
    @DisplayName("cluster, health and metrics are served; not ready says why")
    void shouldServeState() throws Exception {
        JsonNode status = JSON.readTree(send("GET", "/api/v1/cluster", null).body());

        assertThat(status.path("node").asText()).isEqualTo("n1");
        assertThat(status.at("/shards/0/sequence").asLong()).isEqualTo(17);
        assertThat(status.at("/guarantees/weaknesses/0/name").asText()).isEqualTo("NO_BACKUPS");
        assertThat(status.at("/guarantees/noLoss").asBoolean()).isFalse();
        assertThat(send("GET", "/metrics", null).body()).isEqualTo("evenkeel_up 1\n");
        assertThat(send("GET", "/health/live", null).statusCode()).isEqualTo(200);
        assertThat(send("GET", "/health/ready", null).statusCode()).isEqualTo(200);
        cluster.ready = false;
        HttpResponse<String> notReady = send("GET", "/health/ready", null);
        assertThat(notReady.statusCode()).isEqualTo(503);
        assertThat(notReady.body()).contains("1 of 2 members is here");
    }

    @Test
    @DisplayName("no answer tells versions or stack traces, not even to malformed requests")
    void shouldNotTellItsInsides() throws Exception {
        assertProblem(send("GET", "/nothing", null), 404, "NOT_FOUND");
        assertProblem(send("POST", "/api/v1/events/Flight", FLIGHT), 405, "METHOD_NOT_ALLOWED");
        HttpResponse<String> malformed = send("GET", "/api/v1/events/%2e%2e%2fx", null);
        assertThat(malformed.statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(malformed.body()).doesNotContainIgnoringCase("jetty").doesNotContain("Exception", "at org.");
        assertThat(malformed.headers().firstValue("Server")).isEmpty();
    }

    @Test
    @DisplayName("X1 several puts and deletes come into force at one revision, or none of them does")
    void shouldChangeSeveralAtOnce() throws Exception {
        putAll();
        long before = catalog.current().revision();
        String all = """
                changes:
                  - put: {event: Gate, fields: {no: long}}
                  - delete: {query: late}
                    cascade: true
                  - put:
                      query: other
                      inputs: [{event: Gate, key: [no], within: 1 hour}]
                      epl: select no from Gate
                      output: {event: Other, to: 'queue:other'}
                """;

        JsonNode done =
                JSON.readTree(expect(200, send("POST", "/api/v1/changes", all)).body());

        assertThat(done.path("revision").asLong()).isEqualTo(before + 1);
        assertThat(done.path("etags").findValuesAsText("definition")).containsExactly("event type Gate", "query other");
        assertThat(catalog.current().titles()).containsExactly("event type Flight", "event type Gate", "query other");
        JsonNode read = JSON.readTree(expect(
                        200, send("GET", "/api/v1/changes/" + done.path("id").asText(), null))
                .body());
        assertThat(read.path("state").asText()).isEqualTo("COMMITTED");
        assertThat(read.at("/nodes/0/state").asText()).isEqualTo("APPLIED");
        JsonNode refused = assertProblem(
                send(
                        "POST",
                        "/api/v1/changes",
                        all.replace("no: long", "no: lang").replace("delete:", "remove:")),
                422,
                "DEFINITION_REFUSED");
        assertThat(refused.path("faults").findValuesAsText("field"))
                .containsExactlyInAnyOrder("changes[0].put.fields.no", "changes[1].remove");
        assertProblem(send("POST", "/api/v1/changes", all), 404, "NOT_FOUND");
        assertProblem(
                send("POST", "/api/v1/changes", "changes: [{delete: {query: other}, ifMatch: '\"7-7-7\"'}]"),
                412,
                "PRECONDITION_FAILED");
        assertProblem(send("POST", "/api/v1/changes", "changes: []"), 422, "DEFINITION_REFUSED");
        assertThat(catalog.current().revision()).isEqualTo(before + 1);
        assertProblem(send("GET", "/api/v1/changes/unknown", null), 404, "NOT_FOUND");
    }

    @Test
    @DisplayName("D7 a delete cascades only if it is told to")
    void shouldCascade() throws Exception {
        putAll();

        assertProblem(send("DELETE", "/api/v1/events/Flight", null), 409, "CONFLICT");
        assertThat(send("DELETE", "/api/v1/events/Flight?cascade=true", null).statusCode())
                .isEqualTo(204);

        assertThat(catalog.current().titles()).isEmpty();
    }

    @Test
    @DisplayName("N8 a request that is repeated with its key is made once; another one with that key is refused")
    void shouldMakeRepeatedRequestOnce() throws Exception {
        String[] key = {"Idempotency-Key", "k-1"};
        HttpResponse<String> first = send("PUT", "/api/v1/events/Flight", FLIGHT, key);
        expect(204, send("DELETE", "/api/v1/events/Flight", null, "Idempotency-Key", "k-2"));
        HttpResponse<String> again = send("PUT", "/api/v1/events/Flight", FLIGHT, key);

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(again.statusCode())
                .as("its work was undone by somebody meanwhile")
                .isEqualTo(204);
        assertThat(again.headers().firstValue("Evenkeel-Repeated")).contains("true");
        assertThat(again.headers().firstValue("Evenkeel-Change"))
                .isEqualTo(first.headers().firstValue("Evenkeel-Change"));
        assertThat(catalog.current().titles()).isEmpty();
        expect(204, send("DELETE", "/api/v1/events/Flight", null, "Idempotency-Key", "k-2"));
        assertProblem(send("PUT", "/api/v1/events/Flight", FLIGHT.replace("delay", "late"), key), 422, "KEY_REUSED");
        assertProblem(
                send("PUT", "/api/v1/events/Flight", FLIGHT, "Idempotency-Key", "k".repeat(256)), 400, "BAD_REQUEST");
    }

    @Test
    @DisplayName("D2 what a node says against a change is in the answer; one that left is another matter")
    void shouldTellWhatNodesSaid() throws Exception {
        catalog.object(new NodeOutcome("n2", NodeState.FAILED, "java.lang.NoClassDefFoundError", "Flight"));
        JsonNode problem = assertProblem(put("/api/v1/events/Flight", FLIGHT), 500, "NODE_FAILED");
        assertThat(problem.at("/nodes/0/node").asText()).isEqualTo("n2");
        assertThat(problem.at("/nodes/0/error").asText()).isEqualTo("java.lang.NoClassDefFoundError");
        JsonNode later = JSON.readTree(expect(
                        200,
                        send("GET", "/api/v1/changes/" + problem.path("change").asText(), null))
                .body());
        assertThat(later.path("state").asText()).isEqualTo("ABORTED");

        catalog.object(new NodeOutcome("n2", NodeState.LEFT, "", ""));
        HttpResponse<String> left = put("/api/v1/events/Flight", FLIGHT);
        assertProblem(left, 503, "UNAVAILABLE");
        assertThat(left.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    @DisplayName("lists come in pages, each of which names the next")
    void shouldListInPages() throws Exception {
        for (String name : List.of("D", "A", "C", "B", "E")) {
            put("/api/v1/events/" + name, "event: " + name + "\nfields: {a: string}");
        }
        List<String> names = new ArrayList<>();
        String next = "/api/v1/events?limit=2";
        for (int pages = 0; next != null; pages++) {
            HttpResponse<String> page = expect(200, send("GET", next, null));
            assertThat(pages).isLessThan(3);
            JSON.readTree(page.body())
                    .forEach(row -> names.add(row.at("/definition/event").asText()));
            next = page.headers()
                    .firstValue("Link")
                    .map(link -> link.replaceAll("^<|>.*$", ""))
                    .orElse(null);
        }

        assertThat(names).containsExactly("A", "B", "C", "D", "E");
        assertProblem(send("GET", "/api/v1/events?limit=0", null), 400, "BAD_REQUEST");
        assertProblem(send("GET", "/api/v1/events?cursor=%21", null), 400, "BAD_REQUEST");
    }

    @Test
    @DisplayName("a read that wants no cached answer asks the cluster, and fails if that cannot answer")
    void shouldReadWhatIsInForce() throws Exception {
        put("/api/v1/events/Flight", FLIGHT);

        expect(200, send("GET", "/api/v1/events/Flight", null, "Cache-Control", "no-cache"));
        catalog.setAvailable(false);

        expect(200, send("GET", "/api/v1/events/Flight", null));
        assertProblem(send("GET", "/api/v1/events/Flight", null, "Cache-Control", "no-cache"), 503, "UNAVAILABLE");
    }

    @Test
    @DisplayName("the OpenAPI document is made of the routes, and names every code and field")
    void shouldServeItsContract() throws Exception {
        JsonNode contract = contract().document();
        TreeSet<String> documented = new TreeSet<>();
        contract.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        TreeSet<String> codes = new TreeSet<>();
        contract.at("/components/schemas/Problem/properties/code/enum").forEach(code -> codes.add(code.asText()));

        assertThat(documented).isEqualTo(server.routes()).hasSizeGreaterThan(15);
        assertThat(codes)
                .containsExactlyInAnyOrder(java.util.Arrays.stream(ProblemCode.values())
                        .map(Enum::name)
                        .toArray(String[]::new));
        JsonNode status = JSON.readTree(send("GET", "/api/v1/cluster", null).body());
        TreeSet<String> fields = new TreeSet<>();
        status.fieldNames().forEachRemaining(fields::add);
        assertThat(contract.at("/components/schemas/Cluster/required"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(fields);
    }

    @Test
    @DisplayName("the feed tells what was put and deleted, and goes on where a reader was")
    void shouldFeedChanges() throws Exception {
        put("/api/v1/events/Flight", FLIGHT);
        List<String> first = events(null, 1, () -> {});
        List<String> second = events("1", 1, () -> {
            catalog.race(changes("event: Gate\nfields: {a: long}"));
            send("DELETE", "/api/v1/events/Flight", null);
        });

        JsonNode all = JSON.readTree(first.get(0));
        assertThat(all.path("revision").asLong()).isEqualTo(1);
        assertThat(all.at("/put/0/definition").asText()).isEqualTo("event type Flight");
        JsonNode rest = JSON.readTree(second.get(0));
        assertThat(rest.path("revision").asLong()).isEqualTo(3);
        assertThat(rest.at("/put/0/definition").asText()).isEqualTo("event type Gate");
        assertThat(rest.path("deleted").get(0).asText()).isEqualTo("event type Flight");
        assertThat(rest.path("complete").asBoolean()).isTrue();
        assertProblem(send("GET", "/api/v1/changes", null), 400, "BAD_REQUEST");
        assertProblem(
                send("GET", "/api/v1/changes", null, "Accept", "text/event-stream", "Last-Event-ID", "x"),
                400,
                "BAD_REQUEST");
    }

    private interface Action {
        void run() throws Exception;
    }

    /** The data of so many events. @param meanwhile done once the feed is open */
    private List<String> events(String lastId, int count, Action meanwhile) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/changes"))
                .timeout(Duration.ofSeconds(20))
                .header("Accept", "text/event-stream");
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        var answer = client.send(request.build(), BodyHandlers.ofLines());
        assertThat(answer.statusCode()).isEqualTo(200);
        meanwhile.run();
        try (var lines = answer.body()) {
            return lines.filter(line -> line.startsWith("data:"))
                    .map(line -> line.substring(5).strip())
                    .limit(count)
                    .toList();
        }
    }

    @Test
    @DisplayName("a port that is taken is named with what to do")
    void shouldNameTakenPort() {
        try (var second = new ApiServer(
                new Http("127.0.0.1", server.port()), catalog, cluster, new MemoryHistory(100), () -> "")) {
            assertThatIllegalStateException()
                    .isThrownBy(second::start)
                    .withMessageContaining("127.0.0.1:" + server.port())
                    .withMessageContaining("node.http.port");
        }
    }

    private void putAll() throws Exception {
        put("/api/v1/events/Flight", FLIGHT);
        put("/api/v1/queries/late", QUERY);
        put("/api/v1/queries/late/instances/a", "query: late\ninstance: a\nparameters: {minDelay: 90}");
    }

    private static List<CatalogChange> changes(String text) {
        return DocumentReader.read("race", text).stream()
                .map(CatalogChange::put)
                .toList();
    }

    private static JsonNode assertProblem(HttpResponse<String> answer, int status, String code) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("code").asText()).isEqualTo(code);
        assertThat(problem.path("detail").asText()).isNotEmpty();
        assertThat(problem.path("instance").asText()).startsWith("/");
        return problem;
    }

    private static String etag(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElseThrow();
    }

    private HttpResponse<String> put(String path, String body) throws Exception {
        return send("PUT", path, body);
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        request.setHeader("Content-Type", "application/yaml");
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        contract().requireDeclared(method, path, answer);
        return answer;
    }

    private HttpResponse<String> expect(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer;
    }

    /** Each answer of each test of this class is held to it. */
    private Contract contract() throws Exception {
        if (contract == null) {
            contract = Contract.of(server, client);
        }
        return contract;
    }
}
