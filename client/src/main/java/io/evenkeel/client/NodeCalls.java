// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request to one node after the other until one of them gives an answer that counts. For any thread; calls wait
 * for each other nowhere.
 */
final class NodeCalls {
    /** They say that this node cannot, not that it cannot be done. */
    private static final List<Integer> ASK_ELSEWHERE = List.of(502, 503, 504);

    private static final long FIRST_PAUSE_MS = 100;
    private static final int MOST_DOUBLINGS = 4;

    private final ClientSettings settings;
    private final Nodes nodes;
    private final LongSupplier nanoTime;
    private final HttpClient http;

    NodeCalls(ClientSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.nodes = new Nodes(settings.nodes(), nanoTime);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connect())
                .build();
    }

    ClientSettings settings() {
        return settings;
    }

    Nodes nodes() {
        return nodes;
    }

    HttpClient http() {
        return http;
    }

    /** @return ends with an {@link EvenkeelException} if it fails; to cancel it ends the asking */
    CompletableFuture<Answer> send(Call call) {
        Sending sending = new Sending(call);
        sending.round();
        return sending.answer;
    }

    /** A call under way. One step follows another, so that its fields need no lock. */
    private final class Sending {
        private final Call call;
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final long begunNanos = nanoTime.getAsLong();
        private final Map<URI, String> failures = new LinkedHashMap<>();
        private Iterator<Nodes.Node> rest = List.<Nodes.Node>of().iterator();
        private int rounds;
        /** Somebody was there, even if it was of no use. */
        private boolean heard;

        private @Nullable Problem unavailable;

        private Sending(Call call) {
            this.call = call;
        }

        private void round() {
            rest = nodes.inOrder().iterator();
            next();
        }

        private void next() {
            if (answer.isDone()) {
                return;
            }
            if (!rest.hasNext()) {
                endRound();
                return;
            }
            Nodes.Node node = rest.next();
            Duration limit = limit();
            // What comes of it is the answer's; settle lets nothing through.
            var unused = http.sendAsync(request(node, limit), BodyHandlers.ofString())
                    // The request's own limit ends with the headers.
                    .orTimeout(limit.toMillis() + settings.connect().toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((response, failure) -> settle(node, response, failure));
        }

        private void settle(Nodes.Node node, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
            try {
                if (failure != null) {
                    lost(
                            node,
                            failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure);
                } else {
                    answered(node, requireNonNull(response, "response"));
                }
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }

        private void answered(Nodes.Node node, HttpResponse<String> response) {
            int status = response.statusCode();
            heard = true;
            if (ASK_ELSEWHERE.contains(status)) {
                Problem problem = Problem.of(status, response.body());
                unavailable = problem;
                nodes.failed(node);
                failures.put(node.url(), problem.toString());
                next();
                return;
            }
            nodes.answered(node);
            if (status < 300) {
                answer.complete(new Answer(status, response.headers(), response.body()));
            } else {
                answer.completeExceptionally(ProblemException.of(Problem.of(status, response.body())));
            }
        }

        private void lost(Nodes.Node node, Throwable failure) {
            nodes.failed(node);
            boolean sent = !(failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException);
            heard |= sent;
            failures.put(node.url(), failure.getMessage() == null ? reason(failure) : failure.getMessage());
            if (sent && call.kind() == Call.Kind.ORDER) {
                // Without a key a second one would be another order.
                answer.completeExceptionally(new UnreachableException(
                        "Expected an answer of " + node.url() + ", but it was lost: " + failures.get(node.url())
                                + ". It is not known whether the order was heard; look before you repeat it.",
                        failure));
                return;
            }
            next();
        }

        private static String reason(Throwable failure) {
            return failure instanceof ConnectException
                    ? "no connection"
                    : failure.getClass().getSimpleName();
        }

        private void endRound() {
            Duration limit = heard ? settings.patience() : settings.absence();
            if (nanoTime.getAsLong() - begunNanos >= limit.toNanos()) {
                fail();
                return;
            }
            long pause = FIRST_PAUSE_MS << Math.min(rounds, MOST_DOUBLINGS);
            rounds++;
            CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> {
                        try {
                            round();
                        } catch (RuntimeException e) {
                            answer.completeExceptionally(e);
                        }
                    });
        }

        private void fail() {
            Problem problem = unavailable;
            if (problem != null && !problem.code().isEmpty()) {
                answer.completeExceptionally(ProblemException.of(problem));
                return;
            }
            String all = failures.entrySet().stream()
                    .map(failure -> failure.getKey() + ": " + failure.getValue())
                    .collect(Collectors.joining("\n  "));
            answer.completeExceptionally(new UnreachableException(
                    "Expected an answer of a node, but there is none. Is it running?\n  " + all, null));
        }

        private Duration limit() {
            return call.kind() == Call.Kind.READ
                    ? settings.read().multipliedBy(1L << Math.min(rounds, MOST_DOUBLINGS))
                    : settings.change();
        }

        private HttpRequest request(Nodes.Node node, Duration limit) {
            String body = call.body();
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + call.path()))
                    .timeout(limit)
                    .method(call.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            call.headers().forEach(request::header);
            return request.build();
        }
    }
}
