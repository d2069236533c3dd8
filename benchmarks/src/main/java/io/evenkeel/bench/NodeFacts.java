// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node tells of its cluster.
 *
 * @param members     how many it sees
 * @param shards      how many rows it lists
 * @param ownedShards how many of these have an owner
 * @param received    messages of the queue of readings, by node
 */
record NodeFacts(boolean safe, int members, int shards, int ownedShards, Map<String, Long> received) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final JsonMapper JSON = new JsonMapper();

    static NodeFacts read(int port) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/cluster"))
                .timeout(Duration.ofSeconds(20))
                .build();
        try {
            JsonNode body = JSON.readTree(
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
            Map<String, Long> received = new TreeMap<>();
            for (JsonNode row : body.path("receivers")) {
                if (row.path("name").asText().equals("readings")) {
                    received.put(row.path("node").asText(), row.path("received").asLong());
                }
            }
            int owned = 0;
            for (JsonNode row : body.path("shards")) {
                owned += row.path("owner").isTextual() && row.path("epoch").asLong() > 0 ? 1 : 0;
            }
            return new NodeFacts(
                    body.path("safe").asBoolean(),
                    body.path("members").size(),
                    body.path("shards").size(),
                    owned,
                    received);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while asking a node", e);
        }
    }
}
