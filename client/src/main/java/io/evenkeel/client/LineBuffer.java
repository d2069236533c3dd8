// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lines on their way from the HTTP client's threads to the thread that reads a feed; bounded by what it asks for. */
final class LineBuffer implements Flow.Subscriber<String> {
    private static final int AHEAD = 64;

    /** A line, or the end. */
    private record Line(@Nullable String text) {}

    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;
    private boolean ended;

    @Override
    public void onSubscribe(Flow.Subscription opened) {
        subscription = opened;
        opened.request(AHEAD);
    }

    @Override
    public void onNext(String text) {
        lines.add(new Line(text));
    }

    @Override
    public void onError(Throwable failure) {
        lines.add(new Line(null));
    }

    @Override
    public void onComplete() {
        lines.add(new Line(null));
    }

    /** The next line; null if the stream is at its end, or nothing came for so long. For one thread. */
    @Nullable
    String next(long limitMs) throws InterruptedException {
        if (ended) {
            return null;
        }
        Line line = lines.poll(limitMs, TimeUnit.MILLISECONDS);
        Flow.Subscription open = subscription;
        if (line == null || line.text() == null || open == null) {
            ended = true;
            return null;
        }
        open.request(1);
        return line.text();
    }

    void cancel() {
        Flow.Subscription open = subscription;
        if (open != null) {
            open.cancel();
        }
    }
}
