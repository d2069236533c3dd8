// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.ringbuffer.OverflowPolicy;
import com.hazelcast.ringbuffer.ReadResultSet;
import com.hazelcast.ringbuffer.Ringbuffer;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.NodeLeftException;
import io.evenkeel.runtime.hazelcast.OpenWrites;
import io.evenkeel.runtime.hazelcast.RoutingFailedException;
import io.evenkeel.runtime.shard.Match;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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

/**
 * The latest matches, in a ring buffer of the grid with as many copies as the log. For any thread.
 *
 * <p>A receiver keeps matches here <em>before</em> it commits them: if it dies in between, either the commit has happened, and
 * they are here; or their causes come again and lead to the same matches under the same ids, which readers know already.
 */
public final class GridMatches implements MatchHistory {
    /** A longer body is on the queue only: so many long ones as the ring has places would fill the heap. */
    static final int LONGEST_BODY = 16_000;

    private static final long WRITE_LIMIT_MS = 10_000;
    private static final Duration READ_LIMIT = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /**
     * For the one question that blocks for as long as the grid is willing to wait, which is a minute and more. Few: when
     * the grid hangs, those who ask wait for a thread in vain, and give up in their time all the same.
     */
    private static final int QUESTIONS = 4;

    private final int feed;
    private final Ringbuffer<String[]> ring;
    private final OpenWrites writes;
    private final Duration readLimit;
    private final ThreadPoolExecutor questions;

    /** @param feed so many are kept; 0: none, and the grid is not asked */
    GridMatches(HazelcastInstance grid, int feed) {
        this(grid.getRingbuffer(Grid.MATCHES), OpenWrites.of(grid), feed, READ_LIMIT);
    }

    GridMatches(Ringbuffer<String[]> ring, OpenWrites writes, int feed, Duration readLimit) {
        this.ring = ring;
        this.writes = writes;
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

    /**
     * Keep these behind all others. Blocks until all copies have them.
     *
     * @throws RoutingFailedException if it is not certain that they do: roll the batch back
     */
    public void keep(List<Match> matches) throws RoutingFailedException, InterruptedException {
        if (!on()) {
            return;
        }
        for (int from = 0; from < matches.size(); from += MOST) {
            List<String[]> part = new ArrayList<>();
            matches.subList(from, Math.min(matches.size(), from + MOST)).forEach(match -> part.add(item(match)));
            keepPart(part);
        }
    }

    private void keepPart(List<String[]> part) throws RoutingFailedException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WRITE_LIMIT_MS);
        while (true) {
            try {
                writes.watch(ring.addAllAsync(part, OverflowPolicy.OVERWRITE))
                        .get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                return;
            } catch (ExecutionException
                    | TimeoutException
                    | HazelcastException
                    | HazelcastInstanceNotActiveException e) {
                // Perhaps they are there twice then: readers know them by their ids.
                if (!(e.getCause() instanceof NodeLeftException) || System.nanoTime() > deadline) {
                    throw new RoutingFailedException(
                            "Expected to keep " + part.size() + " matches for readers, but: " + e, e);
                }
            }
        }
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

    private static String[] item(Match match) {
        return new String[] {
            match.id(), match.instance().query(), match.instance().name(), json(match)
        };
    }

    static String json(Match match) {
        StringWriter text = new StringWriter(match.body().length() + 256);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("id", match.id());
            json.writeStringField("query", match.instance().query());
            json.writeStringField("instance", match.instance().name());
            json.writeNumberField("version", match.version());
            json.writeStringField("key", match.key());
            json.writeStringField("cause", match.cause());
            json.writeStringField("event", match.event());
            json.writeStringField("destination", match.destination());
            json.writeFieldName("body");
            if (match.body().length() > LONGEST_BODY || match.body().contains("\n")) {
                json.writeNull();
            } else {
                json.writeRawValue(match.body());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write to memory, but could not", e);
        }
        return text.toString();
    }
}
