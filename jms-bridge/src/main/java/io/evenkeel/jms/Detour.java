// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import jakarta.jms.JMSException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back of a relaxed receiver from its detour: what it sent there has to be through before it sends anything of the same
 * shards directly, or the order of a key would be lost. For the receiver's thread.
 *
 * <p>While it feeds the detour itself, that need not ever be empty. So when it is nearly so, and getting emptier, nothing is
 * received for a bounded moment. If that has not been enough for some seconds nothing is received until it is empty: to wait
 * that long is better than a detour without end, on which one session does the work of all, and time stands still.
 */
final class Detour {
    private static final Logger LOG = LoggerFactory.getLogger(Detour.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long POLL_MS = 10;
    /** After which it is not fed any more, once everybody is back. */
    private static final long FEED_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** How long it may take to empty then. A detour that nobody reads must not stop all for ever. */
    private static final long EMPTY_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** So many are through within the pause, as a rule. */
    private static final long FEW = 1_000;

    private final ReceiverSession session;
    private final ReceiverSettings settings;
    private final BatchProcessor processor;
    private final InterruptibleStretch stretch;
    private long lookedNanos = System.nanoTime() - LOOK_NANOS;
    private long lastDepth = Long.MAX_VALUE;
    private @Nullable Long backNanos;

    Detour(ReceiverSession session, ReceiverSettings settings, BatchProcessor processor, InterruptibleStretch stretch) {
        this.session = session;
        this.settings = settings;
        this.processor = processor;
        this.stretch = stretch;
    }

    /** Whether it is time to look whether the detour can end. Costs nothing where there is none. */
    boolean mayEnd() {
        if (settings.strict() || !processor.detourMayEnd(settings.destination().name())) {
            backNanos = null;
            return false;
        }
        if (backNanos == null) {
            backNanos = System.nanoTime();
        }
        return feedsNoMore() || System.nanoTime() - lookedNanos >= LOOK_NANOS;
    }

    /** Whether nothing is to be received until the detour is empty. */
    boolean feedsNoMore() {
        Long back = backNanos;
        return back != null && System.nanoTime() - back > FEED_NANOS;
    }

    private void giveUpIfStuck(long depth) {
        Long back = backNanos;
        if (back != null && System.nanoTime() - back > FEED_NANOS + EMPTY_NANOS) {
            LOG.warn(
                    "Expected {} to be empty {} s after all nodes were back, but it has {} messages. Receiver {} goes on and tries"
                            + " again. Is the queue paused, or does an owner fail?",
                    settings.detourQueue(),
                    TimeUnit.NANOSECONDS.toSeconds(FEED_NANOS + EMPTY_NANOS),
                    depth,
                    settings.name());
            backNanos = System.nanoTime();
        }
    }

    /** Ends it if everything is through, perhaps after a moment. No commit may be open. */
    void endIfThrough() throws JMSException, InterruptedException {
        long begun = System.nanoTime();
        long depth = depth();
        boolean soon = feedsNoMore() || depth <= FEW && depth < lastDepth;
        lastDepth = depth;
        while (depth > 0 && soon && System.nanoTime() - begun < PAUSE_NANOS) {
            pause();
            depth = depth();
        }
        if (depth == 0) {
            // A rollback takes messages out of what is in delivery a moment before it puts them back.
            pause();
            depth = depth();
        }
        lookedNanos = System.nanoTime();
        if (depth == 0) {
            processor.detourEnded(settings.destination().name());
            lastDepth = Long.MAX_VALUE;
            backNanos = null;
        } else {
            LOG.debug("Receiver {} stays on its detour. depth={}", settings.name(), depth);
            giveUpIfStuck(depth);
        }
    }

    private void pause() throws InterruptedException {
        stretch.run(() -> {
            Thread.sleep(POLL_MS);
            return true;
        });
    }

    private long depth() throws JMSException {
        return session.depth(settings.detourQueue());
    }
}
