// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The connection of a feed to one node after the other. One thread reads; any may close it. */
final class FeedConnection {
    private static final long PAUSE_MS = 200;
    private static final int OK = 200;

    private final NodeCalls calls;
    private final String path;
    private final Target target;
    private final Thread thread;
    private volatile boolean closed;
    private String position;

    /** Where events go. */
    interface Target {
        /** Blocks while its reader is slow. */
        void event(FeedEvent event) throws InterruptedException;

        /** Nothing follows. */
        void end(EvenkeelException reason);
    }

    FeedConnection(NodeCalls calls, String path, String position, Target target) {
        this.calls = calls;
        this.path = path;
        this.position = position;
        this.target = target;
        this.thread = new Thread(this::run, "evenkeel-feed " + path);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!closed) {
                boolean told = false;
                for (Nodes.Node node : calls.nodes().inOrder()) {
                    told = read(node);
                    if (told) {
                        // The order is another one now.
                        break;
                    }
                }
                if (!told) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        } catch (EvenkeelException e) {
            target.end(e);
        } catch (RuntimeException e) {
            target.end(new UnreachableException("Expected to go on with " + path + ", but: " + e, e));
        }
    }

    /**
     * Read from a node until that ends.
     *
     * @return false if it told nothing, not even a position: then it is not asked again at once
     */
    private boolean read(Nodes.Node node) throws InterruptedException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
        try {
            response = open(node);
        } catch (ExecutionException | TimeoutException e) {
            calls.nodes().failed(node);
            return false;
        }
        LineBuffer lines = new LineBuffer();
        try {
            response.body().subscribe(BodySubscribers.fromLineSubscriber(lines));
            if (response.statusCode() != OK) {
                refuse(node, response.statusCode(), lines);
                return false;
            }
            String type = response.headers().firstValue("Content-Type").orElse("");
            if (!type.startsWith("text/event-stream")) {
                // Whoever answers so is no node, and what it says no event.
                calls.nodes().failed(node);
                return false;
            }
            calls.nodes().answered(node);
            boolean told = events(lines);
            calls.nodes().failed(node);
            return told;
        } finally {
            lines.cancel();
        }
    }

    /** @return true if there was any */
    private boolean events(LineBuffer lines) throws InterruptedException {
        boolean any = false;
        FeedLines events = new FeedLines();
        long silenceMs = calls.settings().feedSilence().toMillis();
        for (@Nullable String line = lines.next(silenceMs); line != null; line = lines.next(silenceMs)) {
            FeedEvent event = events.add(line).orElse(null);
            if (event != null) {
                any = true;
                target.event(event);
                position = event.id().isEmpty() ? position : event.id();
            }
        }
        return any;
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> open(Nodes.Node node)
            throws InterruptedException, ExecutionException, TimeoutException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(node.url() + path)).header("Accept", "text/event-stream");
        if (!position.isEmpty()) {
            request.header("Last-Event-ID", position);
        }
        CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> opening =
                calls.http().sendAsync(request.build(), BodyHandlers.ofPublisher());
        try {
            return opening.get(calls.settings().read().toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            opening.cancel(true);
        }
    }

    /** Another node may do better, unless it is the request that is wrong. */
    private void refuse(Nodes.Node node, int status, LineBuffer lines) throws InterruptedException {
        calls.nodes().failed(node);
        if (status >= 500) {
            return;
        }
        StringBuilder body = new StringBuilder();
        long limitMs = calls.settings().read().toMillis();
        for (@Nullable String line = lines.next(limitMs); line != null; line = lines.next(limitMs)) {
            body.append(line);
        }
        throw ProblemException.of(Problem.of(status, body.toString()));
    }
}
