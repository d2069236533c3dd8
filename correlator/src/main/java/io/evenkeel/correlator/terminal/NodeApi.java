// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the API of a cluster: one of its nodes after the other, until one answers. For any thread.
 *
 * <p>Every request may be sent twice: reads change nothing, puts and deletes lead to the same catalog.
 */
public final class NodeApi {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /** A change waits for every member. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> urls;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();

    /** An answer of success. @param etag empty if there is none */
    public record Answer(int status, String etag, String body) {
        /** The body as JSON; a missing node if it is empty. */
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new CommandException(
                        "Expected JSON of the node, but it is something else. Is it an Evenkeel node?", e);
            }
        }
    }

    /** @param urls of nodes, at least one */
    public NodeApi(List<String> urls) {
        this.urls = urls.stream().map(url -> url.replaceAll("/+$", "")).toList();
    }

    public Answer get(String path) throws InterruptedException {
        return send("GET", path, null, Map.of());
    }

    /** @param document YAML or JSON */
    public Answer put(String path, String document, Map<String, String> headers) throws InterruptedException {
        return send("PUT", path, document, headers);
    }

    /** @param document YAML or JSON */
    public Answer post(String path, String document) throws InterruptedException {
        return send("POST", path, document, Map.of());
    }

    public Answer delete(String path, Map<String, String> headers) throws InterruptedException {
        return send("DELETE", path, null, headers);
    }

    /** A name as part of a path. */
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer send(String method, String path, @Nullable String body, Map<String, String> headers)
            throws InterruptedException {
        List<String> failures = new ArrayList<>();
        for (String url : urls) {
            try {
                HttpResponse<String> response =
                        client.send(request(url, method, path, body, headers), BodyHandlers.ofString());
                if (response.statusCode() < 300) {
                    return new Answer(
                            response.statusCode(),
                            response.headers().firstValue("ETag").orElse(""),
                            response.body());
                }
                String problem = problem(response);
                if (response.statusCode() != 503) {
                    throw new CommandException(problem);
                }
                failures.add(url + ": " + problem);
            } catch (IOException e) {
                failures.add(url + ": " + (e.getMessage() == null ? "no connection" : e.getMessage()));
            }
        }
        throw new CommandException(
                "Expected an answer of a node, but there is none. Is it running? --url names others.\n  "
                        + String.join("\n  ", failures));
    }

    private static HttpRequest request(
            String url, String method, String path, @Nullable String body, Map<String, String> headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(ANSWER_LIMIT)
                    .header("Content-Type", "application/yaml")
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            headers.forEach(request::header);
            return request.build();
        } catch (IllegalArgumentException e) {
            throw new CommandException("Expected a URL such as http://127.0.0.1:8701, but got '" + url + "'.", e);
        }
    }

    private static String problem(HttpResponse<String> response) {
        try {
            JsonNode problem = JSON.readTree(response.body());
            StringBuilder text = new StringBuilder(
                    problem.path("detail").asText("The node answered " + response.statusCode() + "."));
            for (JsonNode fault : problem.path("faults")) {
                text.append("\n  ");
                if (fault.path("line").asInt() > 0) {
                    text.append("line ").append(fault.path("line").asInt()).append(", ");
                }
                text.append(fault.path("field").asText())
                        .append(": ")
                        .append(fault.path("message").asText());
            }
            return text.toString();
        } catch (JsonProcessingException e) {
            return "The answer is " + response.statusCode() + " and no problem document. Is it an Evenkeel node?";
        }
    }
}
