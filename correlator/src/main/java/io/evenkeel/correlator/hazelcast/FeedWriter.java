// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.ringbuffer.OverflowPolicy;
import com.hazelcast.ringbuffer.Ringbuffer;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.GridSettings;
import io.evenkeel.runtime.hazelcast.NodeLeftException;
import io.evenkeel.runtime.hazelcast.OpenWrites;
import io.evenkeel.runtime.hazelcast.RoutingFailedException;
import io.evenkeel.runtime.hazelcast.Siding;
import io.evenkeel.runtime.shard.Match;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the latest matches in a ring buffer of the grid with as many copies as the log, for {@link GridMatches} to read.
 *
 * <p>A receiver keeps matches here <em>before</em> it commits them: if it dies in between, either the commit has happened, and
 * they are here; or their causes come again and lead to the same matches under the same ids, which readers know already.
 *
 * <p>The ring lies in one place. While that has a copy on a silent node nothing can be added, and all receivers would wait. What
 * relaxed receivers have, who promise no order, waits in a {@link Siding} then, and comes behind what the ring has when it takes
 * something again. If the node that put it there dies, another one does that; if one dies in the midst of it, a match may be in
 * the ring twice, which readers see by its id.
 *
 * <p>Thread-safe.
 */
public final class FeedWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FeedWriter.class);

    /** A longer body is on the queue only: so many long ones as the ring has places would fill the heap. */
    static final int LONGEST_BODY = 16_000;

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** How often a write that waits is looked after, if it need not wait. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long DRAIN_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    /** Texts that a match has in the ring. */
    private static final int TEXTS = 4;

    private final int feed;
    private final Ringbuffer<String[]> ring;
    private final OpenWrites writes;
    private final Siding siding;
    /** Matches that this node put into the siding since it was drained. */
    private final AtomicInteger aside = new AtomicInteger();

    private final Thread drainer;
    private volatile boolean closed;

    FeedWriter(HazelcastInstance grid, GridSettings settings) {
        this.feed = settings.feed();
        this.ring = grid.getRingbuffer(Grid.MATCHES);
        this.writes = OpenWrites.of(grid);
        this.siding = new Siding(grid, settings);
        this.drainer = new Thread(this::drain, "evenkeel-feed-siding");
        drainer.setDaemon(true);
    }

    /** Moves from now on what waits in the siding to where it belongs. */
    void start() {
        if (feed > 0) {
            drainer.start();
        }
    }

    /**
     * Keep these behind all others. Blocks until all copies have them.
     *
     * @param strict if they are to stand behind all that was kept before
     * @throws RoutingFailedException if it is not certain that they are kept: roll the batch back
     */
    public void keep(List<Match> matches, boolean strict) throws RoutingFailedException, InterruptedException {
        if (feed == 0) {
            return;
        }
        for (int from = 0; from < matches.size(); from += MatchHistory.MOST) {
            List<String[]> part = new ArrayList<>();
            matches.subList(from, Math.min(matches.size(), from + MatchHistory.MOST))
                    .forEach(match -> part.add(item(match)));
            keepPart(part, strict);
        }
    }

    private void keepPart(List<String[]> part, boolean strict) throws RoutingFailedException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (true) {
            try {
                if (strict || !keepAside(part, deadline)) {
                    add(part, strict, deadline);
                }
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

    private void add(List<String[]> part, boolean strict, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Long> write = writes.watch(ring.addAllAsync(part, OverflowPolicy.OVERWRITE));
        while (!strict && deadline - System.nanoTime() > LOOK_NANOS) {
            try {
                write.get(LOOK_NANOS, TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                siding.ask();
                // Perhaps it is added all the same, when the silent node wakes up.
                if (keepAside(part, deadline)) {
                    return;
                }
            }
        }
        write.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** Returns false if they need not wait aside, or as many do as the ring has places. */
    private boolean keepAside(List<String[]> part, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (aside.get() + part.size() > feed || !siding.isNeededFor(ring.getPartitionKey())) {
            return false;
        }
        if (aside.getAndAdd(part.size()) == 0) {
            LOG.warn(
                    "A copy of the feed of matches is on a silent node. What relaxed receivers have for it waits aside");
        }
        String[] texts = part.stream().flatMap(Arrays::stream).toArray(String[]::new);
        siding.keep(texts).get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return true;
    }

    private void drain() {
        while (!closed) {
            try {
                if (!siding.isNeededFor(ring.getPartitionKey())) {
                    siding.drain(texts -> {
                        List<String[]> part = new ArrayList<>();
                        for (int at = 0; at < texts.length; at += TEXTS) {
                            part.add(Arrays.copyOfRange(texts, at, at + TEXTS));
                        }
                        writes.watch(ring.addAllAsync(part, OverflowPolicy.OVERWRITE))
                                .get(LIMIT_NANOS, TimeUnit.NANOSECONDS);
                    });
                    aside.set(0);
                }
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                // Nodes come and go, and the grid may end: all of it stays where it is for the next round.
                LOG.debug("What waits aside for the feed of matches cannot be moved yet", e);
            }
            LockSupport.parkNanos(DRAIN_AGAIN_NANOS);
        }
    }

    /** Stops moving; others go on with what is left. */
    @Override
    public void close() {
        closed = true;
        drainer.interrupt();
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
