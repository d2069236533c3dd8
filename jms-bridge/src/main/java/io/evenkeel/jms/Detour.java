// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import jakarta.jms.JMSException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back of a relaxed receiver from its detour: what it sent there has to be through before it sends anything of the same
 * shards directly, or the order of a key would be lost. For the receiver's thread.
 *
 * <p>While it feeds the detour itself, that need not ever be empty. So when it is nearly so, and getting emptier, nothing is
 * received for a bounded moment.
 */
final class Detour {
    private static final Logger LOG = LoggerFactory.getLogger(Detour.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long POLL_MS = 10;
    /** So many are through within the pause, as a rule. */
    private static final long FEW = 1_000;

    private final ReceiverSession session;
    private final ReceiverSettings settings;
    private final BatchProcessor processor;
    private final InterruptibleStretch stretch;
    private long lookedNanos = System.nanoTime() - LOOK_NANOS;
    private long lastDepth = Long.MAX_VALUE;

    Detour(ReceiverSession session, ReceiverSettings settings, BatchProcessor processor, InterruptibleStretch stretch) {
        this.session = session;
        this.settings = settings;
        this.processor = processor;
        this.stretch = stretch;
    }

    /** Whether it is time to look whether the detour can end. Costs nothing where there is none. */
    boolean mayEnd() {
        return !settings.strict()
                && processor.detourMayEnd(settings.destination().name())
                && System.nanoTime() - lookedNanos >= LOOK_NANOS;
    }

    /** Ends it if everything is through, perhaps after a moment. No commit may be open. */
    void endIfThrough() throws JMSException, InterruptedException {
        long begun = System.nanoTime();
        long depth = depth();
        boolean soon = depth <= FEW && depth < lastDepth;
        lastDepth = depth;
        while (depth > 0 && soon && System.nanoTime() - begun < PAUSE_NANOS) {
            stretch.run(() -> {
                Thread.sleep(POLL_MS);
                return true;
            });
            depth = depth();
        }
        lookedNanos = System.nanoTime();
        if (depth == 0) {
            processor.detourEnded(settings.destination().name());
            lastDepth = Long.MAX_VALUE;
        } else {
            LOG.debug("Receiver {} stays on its detour. depth={}", settings.name(), depth);
        }
    }

    private long depth() throws JMSException {
        return session.depth(settings.detourQueue());
    }
}
