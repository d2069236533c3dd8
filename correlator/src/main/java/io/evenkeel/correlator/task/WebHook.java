// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import io.evenkeel.correlator.http.MatchHistory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/**
 * Posts each match as JSON, in order, with its id as {@code Idempotency-Key}: after a failure the same ones come again. For
 * one thread.
 */
final class WebHook implements ForwardTarget {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final URI url;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    WebHook(URI url) {
        this.url = url;
    }

    @Override
    public void write(List<MatchHistory.Entry> matches) throws IOException, InterruptedException {
        for (MatchHistory.Entry match : matches) {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .timeout(LIMIT)
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", match.id())
                    .POST(BodyPublishers.ofString(match.json()))
                    .build();
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            if (status / 100 != 2) {
                throw new IOException(
                        "Expected " + url + " to take match " + match.id() + ", but it answered " + status);
            }
        }
    }

    @Override
    public void close() {
        // The client has nothing but idle connections, which end by themselves.
    }
}
