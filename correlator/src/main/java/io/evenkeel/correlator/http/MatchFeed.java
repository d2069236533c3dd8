// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.http.MatchHistory.Entry;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells readers the matches, as server-sent events, without taking any from the queues. The id of an event is a position
 * in the cluster's {@link MatchHistory}, so that a reader may go on with it on any node.
 */
final class MatchFeed implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration ASK_AGAIN = Duration.ofMillis(300);
    private static final int SILENT_LOOKS = 50;
    /** So many reads of the past take less time than a client has patience. */
    private static final int SILENT_READS = 10;

    private static final String GAP =
            "{\"reason\":\"Matches may be missing here, and what follows may repeat some: the position has fallen out of the"
                    + " history, or the history was lost.\"}";

    private final MatchHistory history;
    private final FeedReaders readers = new FeedReaders("matches");

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

    private void serve(Context context) {
        serve(
                context,
                context.header("Last-Event-ID"),
                context.queryParam("query"),
                context.queryParam("instance"),
                () -> {});
    }

    /**
     * Tells one reader the matches for as long as it is there. Blocks.
     *
     * @param token    where it is; null: at the end
     * @param query    only its matches; null: all
     * @param instance only its matches; null: all
     * @param asked    some times a second, before anything is told: throws when it is to be told nothing more
     */
    void serve(
            Context context,
            @Nullable String token,
            @Nullable String query,
            @Nullable String instance,
            Runnable asked) {
        EventStream.requireReader(context);
        if (!history.on()) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Expected a feed of matches, but it is switched off: cluster.feed is 0 in the configuration of this"
                            + " node. Matches are on their queues.");
        }
        MatchCursor cursor = cursor(token);
        readers.serve(context, reader -> feed(reader, cursor, query, instance, asked));
    }

    private MatchCursor cursor(@Nullable String token) {
        if (token == null || token.isBlank()) {
            return MatchCursor.atEnd(history);
        }
        try {
            MatchCursor cursor = MatchCursor.at(history, token.strip());
            // Who cannot be served, such as in a minority, is told so before the stream is open.
            history.read(Long.MAX_VALUE);
            return cursor;
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ProblemCode.BAD_REQUEST, "Last-Event-ID: " + e.getMessage());
        }
    }

    private void feed(
            EventStream out, MatchCursor cursor, @Nullable String query, @Nullable String instance, Runnable asked)
            throws IOException {
        // At once: a client waits for an answer a second or two, and to read a long history takes longer.
        out.comment("matches");
        for (int reads = 1; readers.open() && cursor.remember(); reads++) {
            if (reads % SILENT_READS == 0) {
                out.comment("looks back");
            }
        }
        String told = cursor.token();
        out.position(told);
        int looks = 0;
        long askedNanos = System.nanoTime() - ASK_AGAIN.toNanos();
        while (readers.open()) {
            List<MatchCursor.Step> steps = cursor.read();
            if (System.nanoTime() - askedNanos >= ASK_AGAIN.toNanos()) {
                asked.run();
                askedNanos = System.nanoTime();
            }
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
        readers.close();
    }
}
