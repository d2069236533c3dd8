// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import org.jspecify.annotations.Nullable;

/**
 * Lets a thread be interrupted while it waits for others of this node, and at no other time. A JMS call that is interrupted
 * leaves its session unusable even for the rollback that must follow; each of them has a time limit of its own.
 */
final class InterruptibleStretch {
    private @Nullable Thread inside;
    private boolean stopped;

    /** A wait that may be cut short. */
    interface Wait<T, E extends Exception> {
        T await() throws E, InterruptedException;
    }

    /** @throws InterruptedException if {@link #interrupt()} was called, before or meanwhile */
    <T, E extends Exception> T run(Wait<T, E> wait) throws E, InterruptedException {
        enter();
        try {
            return wait.await();
        } finally {
            leave();
        }
    }

    private synchronized void enter() throws InterruptedException {
        if (stopped) {
            throw new InterruptedException("Stopped by force");
        }
        inside = Thread.currentThread();
    }

    private synchronized void leave() {
        inside = null;
        if (stopped) {
            Thread.interrupted(); // it came too late to be noticed, and must not be noticed by a JMS call
        }
    }

    /** Cut short the wait at hand, if there is one, and all that follow. From any thread. */
    synchronized void interrupt() {
        stopped = true;
        if (inside != null) {
            inside.interrupt();
        }
    }
}
