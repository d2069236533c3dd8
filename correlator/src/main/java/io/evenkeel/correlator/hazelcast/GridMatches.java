// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.ringbuffer.ReadResultSet;
import com.hazelcast.ringbuffer.Ringbuffer;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.runtime.hazelcast.Grid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The latest matches, as {@link FeedWriter}s kept them in the grid. For any thread. */
public final class GridMatches implements MatchHistory {
    private static final Duration READ_LIMIT = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    /**
     * For the one question that blocks for as long as the grid is willing to wait, which is a minute and more. Few: when
     * the grid hangs, those who ask wait for a thread in vain, and give up in their time all the same.
     */
    private static final int QUESTIONS = 4;

    private final int feed;
    private final Ringbuffer<String[]> ring;
    private final Duration readLimit;
    private final ThreadPoolExecutor questions;

    /** @param feed so many are kept; 0: none, and the grid is not asked */
    GridMatches(HazelcastInstance grid, int feed) {
        this(grid.getRingbuffer(Grid.MATCHES), feed, READ_LIMIT);
    }

    GridMatches(Ringbuffer<String[]> ring, int feed, Duration readLimit) {
        this.ring = ring;
        this.feed = feed;
        this.readLimit = readLimit;
        this.questions = new ThreadPoolExecutor(
                QUESTIONS, QUESTIONS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "evenkeel-matches");
                    thread.setDaemon(true);
                    return thread;
                });
        questions.allowCoreThreadTimeOut(true);
    }

    @Override
    public boolean on() {
        return feed > 0;
    }

    @Override
    public int capacity() {
        return feed;
    }

    @Override
    public Stretch read(long from) {
        long deadline = System.nanoTime() + readLimit.toNanos();
        try {
            while (true) {
                // The ring itself begins with its oldest item if this one has fallen out. It refuses to be asked for
                // more than it can have.
                CompletionStage<ReadResultSet<String[]>> reading =
                        ring.readManyAsync(from, 0, Math.min(MOST, feed), null);
                ReadResultSet<String[]> read = await(reading.toCompletableFuture(), deadline);
                if (read != null && read.size() > 0) {
                    List<Entry> entries = new ArrayList<>(read.size());
                    for (String[] item : read) {
                        entries.add(new Entry(item[0], item[1], item[2], item[3]));
                    }
                    return new Stretch(read.getNextSequenceToReadFrom() - entries.size(), entries);
                }
                // An empty answer does not say where the end is.
                long end = await(questions.submit(ring::tailSequence), deadline) + 1;
                if (end <= from) {
                    return new Stretch(end, List.of());
                }
            }
        } catch (ExecutionException | TimeoutException | HazelcastException | HazelcastInstanceNotActiveException e) {
            throw unavailable(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the node stops");
        }
    }

    private static <T> T await(Future<T> answer, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
            // Not to be asked any more, if it still waits for a thread.
            answer.cancel(false);
        }
    }

    private static CatalogUnavailableException unavailable(String reason) {
        return new CatalogUnavailableException("Expected to read the latest matches, but: " + reason, RETRY_AFTER);
    }
}
