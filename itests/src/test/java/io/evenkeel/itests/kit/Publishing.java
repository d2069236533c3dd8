// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.tool.PublishReport;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.QueuePublisher;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Events on their way to a queue, one after the other, from a thread of its own.
 *
 * <p>A batch whose outcome is failed or unknown is published again under the same event ids before the next one, so that
 * the order is that of the lines and each event takes effect once, whatever happens to the broker.
 *
 * <p>Lines may go on for ever: whoever publishes them ends it when what it waits for has happened.
 */
public final class Publishing {
    private static final int BATCH = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final FutureTask<PublishReport> task;
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final long begunNanos = System.nanoTime();
    private volatile long endedNanos = Long.MAX_VALUE;
    private volatile boolean ended;

    /**
     * @param lines asked for in the thread that publishes, as late as can be
     * @param rate  events per second; 0: as fast as it goes
     */
    Publishing(ConnectionSettings broker, String queue, String eventType, Iterator<String> lines, int rate) {
        PublishSettings settings = PublishSettings.to(queue, eventType)
                .withIdField("id")
                .withBatch(BATCH)
                .withRate(rate)
                .withPatience(PATIENCE);
        this.task = new FutureTask<>(() -> {
            try (QueuePublisher publisher = new QueuePublisher(broker, settings)) {
                return publisher.publish(counted(lines), batch -> published.addAndGet(batch.lines()));
            } finally {
                endedNanos = System.nanoTime();
            }
        });
        Thread thread = new Thread(task, "publishing-" + queue);
        thread.setDaemon(true);
        thread.start();
    }

    private Iterator<String> counted(Iterator<String> lines) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !ended && lines.hasNext();
            }

            @Override
            public String next() {
                taken.incrementAndGet();
                return lines.next();
            }
        };
    }

    /** Events with a final outcome so far. */
    public int published() {
        return published.get();
    }

    /** Ask for no more lines, how many there may be. */
    public void end() {
        ended = true;
    }

    /** Whether all has been said, or nothing more will be. */
    public boolean isDone() {
        return task.isDone();
    }

    /** How long of a stretch of time this was under way. */
    long overlapNanos(long fromNanos, long toNanos) {
        return Math.max(0, Math.min(toNanos, endedNanos) - Math.max(fromNanos, begunNanos));
    }

    /** Wait for the end; an event that is not known to be published is an error of the test. */
    public void await(Duration limit) {
        try {
            PublishReport report = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (report.ok() != taken.get()) {
                throw new AssertionError("Expected " + taken + " events to be published, but: " + report);
            }
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new AssertionError(
                    "Expected all events to be published within " + limit + ", but it was " + published + " of " + taken
                            + " so far",
                    e);
        } catch (ExecutionException e) {
            throw new AssertionError("Expected to publish, but: " + e.getCause(), e);
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
        }
    }
}
