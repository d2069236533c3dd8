// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The readers of one feed. Each occupies a thread of the server, so that their number is bounded. Thread-safe. */
final class FeedReaders implements AutoCloseable {
    static final int MOST = 50;
    private static final Logger LOG = LoggerFactory.getLogger(FeedReaders.class);

    private final String feed;
    private final Semaphore places = new Semaphore(MOST);
    private volatile boolean closed;

    /** Tells one reader for as long as it is there and {@link #open}. */
    interface Telling {
        void to(EventStream reader) throws IOException;
    }

    /** @param feed what it is of, for messages */
    FeedReaders(String feed) {
        this.feed = feed;
    }

    /** Blocks until the reader has gone, or cannot be told any more: then it goes on with another node. */
    void serve(Context context, Telling telling) {
        if (!places.tryAcquire()) {
            context.header(Header.RETRY_AFTER, "5");
            throw new ProblemException(
                    ProblemCode.UNAVAILABLE,
                    "Expected at most " + MOST + " readers of " + feed
                            + " on this node, but so many are there already. Ask another node, or this one in 5 s.");
        }
        try {
            telling.to(EventStream.open(context));
        } catch (IOException e) {
            LOG.debug("A reader of {} has gone", feed, e);
        } catch (RuntimeException e) {
            // It is too late for a problem document.
            LOG.info("The feed of {} ends for a reader: {}", feed, e.toString());
        } finally {
            places.release();
        }
    }

    /** False when all readers are to be let go. */
    boolean open() {
        return !closed;
    }

    /** Lets all readers go. */
    @Override
    public void close() {
        closed = true;
    }
}
