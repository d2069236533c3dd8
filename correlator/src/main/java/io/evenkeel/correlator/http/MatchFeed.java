// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.http.MatchHistory.Entry;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells readers the matches, as server-sent events, without taking any from the queues. The id of an event is a position
 * in the cluster's {@link MatchHistory}, so that a reader may go on with it on any node.
 *
 * <p>A reader occupies a thread of the server; their number is bounded.
 */
final class MatchFeed implements AutoCloseable {
    static final int MOST_READERS = 50;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int SILENT_LOOKS = 50;
    private static final String GAP =
            "{\"reason\":\"Matches may be missing here, and what follows may repeat some: the position has fallen out of the"
                    + " history, or the history was lost.\"}";

    private static final Logger LOG = LoggerFactory.getLogger(MatchFeed.class);

    private final MatchHistory history;
    private final Semaphore places = new Semaphore(MOST_READERS);
    private volatile boolean closed;

    MatchFeed(MatchHistory history) {
        this.history = history;
    }

    Operation operation() {
        return Operation.get(
                        "/api/v1/matches",
                        "followMatches",
                        "Feed of matches: an event match for each, from now on, or from Last-Event-ID on; 0- is the oldest"
                                + " that is kept. An event gap tells that some may be missing.")
                .takes(Operation.Parameter.QUERY, Operation.Parameter.INSTANCE, Operation.Parameter.LAST_EVENT_ID)
                .answers(200, Shape.FEED)
                .fails(400, 404, 503)
                .served(this::serve);
    }

    private void serve(Context context) throws IOException {
        EventStream.requireReader(context);
        if (!history.on()) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Expected a feed of matches, but it is switched off: cluster.feed is 0 in the configuration of this"
                            + " node. Matches are on their queues.");
        }
        MatchCursor cursor = cursor(context.header("Last-Event-ID"));
        if (!places.tryAcquire()) {
            context.header(Header.RETRY_AFTER, "5");
            throw new ProblemException(
                    ProblemCode.UNAVAILABLE, "Expected at most " + MOST_READERS + " readers of matches on this node.");
        }
        try {
            feed(EventStream.open(context), cursor, context.queryParam("query"), context.queryParam("instance"));
        } catch (IOException e) {
            LOG.debug("A reader of matches has gone", e);
        } catch (RuntimeException e) {
            // The stream ends, and its reader goes on with another node. It is too late for a problem document.
            LOG.info("The feed of matches ends for a reader: {}", e.toString());
        } finally {
            places.release();
        }
    }

    private MatchCursor cursor(@Nullable String token) {
        if (token == null || token.isBlank()) {
            return MatchCursor.atEnd(history);
        }
        try {
            return MatchCursor.at(history, token.strip());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ProblemCode.BAD_REQUEST, "Last-Event-ID: " + e.getMessage());
        }
    }

    private void feed(EventStream out, MatchCursor cursor, @Nullable String query, @Nullable String instance)
            throws IOException {
        String told = cursor.token();
        out.position(told);
        int looks = 0;
        while (!closed) {
            List<MatchCursor.Step> steps = cursor.read();
            if (cursor.takeGap()) {
                out.event("", "gap", GAP);
            }
            for (MatchCursor.Step step : steps) {
                Entry entry = step.entry();
                if ((query == null || query.equals(entry.query()))
                        && (instance == null || instance.equals(entry.instance()))) {
                    told = step.token();
                    out.event(told, "match", entry.json());
                    looks = 0;
                }
            }
            if (!told.equals(cursor.token())) {
                // What was not for this reader, it need not look at again elsewhere.
                told = cursor.token();
                out.position(told);
            }
            if (++looks >= SILENT_LOOKS) {
                out.comment("nothing new");
                looks = 0;
            }
            if (steps.isEmpty()) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    /** Lets all readers go. */
    @Override
    public void close() {
        closed = true;
    }
}
