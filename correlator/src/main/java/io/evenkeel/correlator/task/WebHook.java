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
 * Posts each match as JSON, in order, with its id as {@code Idempotency-Key}. After a failure it goes on with the match
 * that failed; after the death of a node, with one of the last {@link #MOST} that were taken. For one thread.
 */
final class WebHook implements ForwardTarget {
    static final int MOST = 20;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final URI url;
    private final Duration limit;
    private final HttpClient client;

    WebHook(URI url) {
        this(url, LIMIT);
    }

    /** @param limit of each call */
    WebHook(URI url, Duration limit) {
        this.url = url;
        this.limit = limit;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .build();
    }

    @Override
    public int mostAtOnce() {
        return MOST;
    }

    @Override
    public void write(List<MatchHistory.Entry> matches) throws IOException, PartlyTakenException, InterruptedException {
        for (int taken = 0; taken < matches.size(); taken++) {
            try {
                post(matches.get(taken));
            } catch (IOException e) {
                if (taken > 0) {
                    throw new PartlyTakenException(taken, e);
                }
                throw e;
            }
        }
    }

    private void post(MatchHistory.Entry match) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(limit)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", match.id())
                .POST(BodyPublishers.ofString(match.json()))
                .build();
        int status = send(request, match);
        if (status / 100 != 2) {
            throw new IOException("Expected " + url + " to take match " + match.id() + ", but it answered " + status);
        }
    }

    private int send(HttpRequest request, MatchHistory.Entry match) throws IOException, InterruptedException {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            // Refused, the client says nothing but the name of its class.
            String why = e.getMessage() == null ? "nobody is there" : e.getMessage();
            throw new IOException("Expected " + url + " to take match " + match.id() + ", but: " + why, e);
        }
    }

    @Override
    public void close() {
        // The client has nothing but idle connections, which end by themselves.
    }
}
