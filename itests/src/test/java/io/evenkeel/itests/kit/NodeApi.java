// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** The HTTP API of one node, as any client sees it. */
public final class NodeApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final String node;
    private final String url;

    /** Status code and body. */
    public record Answer(int status, String body) {}

    NodeApi(String node, int port) {
        this.node = node;
        this.url = "http://127.0.0.1:" + port;
    }

    /** Put a definition; refused is an error of the test. @param path such as {@code /api/v1/queries/running} */
    public void put(String path, String yaml) {
        Answer answer = ask(
                        HttpRequest.newBuilder()
                                .PUT(BodyPublishers.ofString(yaml))
                                .header("Content-Type", "application/yaml"),
                        path)
                .orElseThrow(
                        () -> new AssertionError("Expected " + node + " to take " + path + ", but there is no answer"));
        if (answer.status() / 100 != 2) {
            throw new AssertionError(
                    "Expected " + node + " to take " + path + ", but: " + answer.status() + " " + answer.body());
        }
    }

    /** Empty if nobody answers. */
    public Optional<Answer> get(String path) {
        return ask(HttpRequest.newBuilder().GET(), path);
    }

    /** Post nothing; empty if nobody answers. */
    public Optional<Answer> post(String path) {
        return ask(HttpRequest.newBuilder().POST(BodyPublishers.noBody()), path);
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

    /** Whether the node serves. */
    public boolean ready() {
        return get("/health/ready").filter(answer -> answer.status() == 200).isPresent();
    }

    private Optional<Answer> ask(HttpRequest.Builder request, String path) {
        try {
            var response = client.send(
                    request.uri(URI.create(url + path)).timeout(LIMIT).build(), BodyHandlers.ofString());
            return Optional.of(new Answer(response.statusCode(), response.body()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
