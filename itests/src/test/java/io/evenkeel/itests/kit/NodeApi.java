// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The HTTP API of one node, as any client sees it. */
public final class NodeApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String node;
    private final String url;

    /** What a node answered. */
    public record Answer(int status, String body, HttpHeaders headers) {
        /** The same; fails, with what was answered, if it has not this status. */
        public Answer expect(int expected) {
            assertThat(status).as(body).isEqualTo(expected);
            return this;
        }

        /** The body as JSON. */
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new AssertionError("Expected JSON, but got " + body, e);
            }
        }

        /** The value of a header; fails if it is not there. */
        public String header(String name) {
            return headers.firstValue(name)
                    .orElseThrow(() -> new AssertionError("Expected header " + name + ", but got " + headers.map()));
        }
    }

    NodeApi(String node, String host, int port) {
        this.node = node;
        this.url = "http://" + host + ":" + port;
    }

    /** Where it listens. */
    public String url() {
        return url;
    }

    /** True if it answers, is not safe, and names this among the reasons. */
    public boolean isUnsafeFor(String reason) {
        return cluster()
                .filter(status -> !status.path("safe").asBoolean()
                        && status.path("reasons").toString().contains(reason))
                .isPresent();
    }

    /** Put a definition; refused is an error of the test. @param path such as {@code /api/v1/queries/running} */
    public void put(String path, String yaml) {
        Answer answer = change("PUT", path, yaml);
        if (answer.status() / 100 != 2) {
            throw new AssertionError(
                    "Expected " + node + " to take " + path + ", but: " + answer.status() + " " + answer.body());
        }
    }

    /**
     * Change something as a client does: while the answer is that it cannot be done now, say it again with the same key.
     *
     * @param headers names and values in turn, without a key
     */
    public Answer change(String method, String path, String yaml, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Idempotency-Key", UUID.randomUUID().toString()));
        return new Await(() -> {})
                .value(
                        node + " to answer " + method + " " + path,
                        LIMIT,
                        () -> "it could not do it, or did not answer",
                        () -> send(method, path, yaml, all.toArray(String[]::new))
                                .filter(answer -> answer.status() != 503));
    }

    /** Empty if nobody answers. */
    public Optional<Answer> get(String path) {
        return ask(HttpRequest.newBuilder().GET(), path);
    }

    /** Post nothing; empty if nobody answers. */
    public Optional<Answer> post(String path) {
        return ask(HttpRequest.newBuilder().POST(BodyPublishers.noBody()), path);
    }

    /** Send what a program would. @param headers names and values in turn. Empty if there is no answer */
    public Optional<Answer> send(String method, String path, String yaml, String... headers) {
        var request = HttpRequest.newBuilder()
                .method(method, yaml.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(yaml))
                .header("Content-Type", "application/yaml");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return ask(request, path);
    }

    /** What the node tells about the cluster; empty if nobody answers, or nothing that can be read. */
    public Optional<JsonNode> cluster() {
        return get("/api/v1/cluster").flatMap(answer -> {
            try {
                return Optional.of(JSON.readTree(answer.body()));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    /** The sum of all samples of a metric, whatever their labels; 0 if there are none. */
    public double metric(String name) {
        return metric(name, "");
    }

    /** The same of those samples that have a label, such as {@code area="heap"}; all for the empty text. */
    public double metric(String name, String label) {
        return get("/metrics")
                .map(Answer::body)
                .orElse("")
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Whether the node serves. */
    public boolean ready() {
        return get("/health/ready").filter(answer -> answer.status() == 200).isPresent();
    }

    private Optional<Answer> ask(HttpRequest.Builder request, String path) {
        try {
            var response = client.send(
                    request.uri(URI.create(url + path)).timeout(LIMIT).build(), BodyHandlers.ofString());
            return Optional.of(new Answer(response.statusCode(), response.body(), response.headers()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
