// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs compilations on threads of its own: few at once, each with an end.
 *
 * <p>Java cannot stop a thread that does not listen. So one that takes too long is told to stop and left alone, at the
 * lowest priority; its caller has its answer, and the place of its thread is given to another as long as few are left
 * behind like this. Thread-safe.
 */
final class CompilePool {
    /** Deep nesting of brackets needs stack; this is for some 10,000 of them. */
    private static final long STACK_BYTES = 16L << 20;

    /** Thrown to the caller; says why in a sentence. */
    static final class GaveUpException extends Exception {
        private static final long serialVersionUID = 1L;

        GaveUpException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private final Duration limit;
    private final Semaphore places;
    private final Semaphore strays;
    private final AtomicInteger threads = new AtomicInteger();

    /**
     * @param most   how many compile at once
     * @param strays how many may be left behind before their places are lost
     * @param limit  how long one may take, waiting for its turn included
     */
    CompilePool(int most, int strays, Duration limit) {
        this.places = new Semaphore(most, true);
        this.strays = new Semaphore(strays);
        this.limit = limit;
    }

    /**
     * Compiles on another thread.
     *
     * @throws GaveUpException if there was no place in time, it took too long, or it broke the compiler
     */
    <T> T run(Callable<T> compilation) throws GaveUpException {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            if (!places.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new GaveUpException(
                        "Expected a turn to compile within " + limit.toSeconds()
                                + " s, but others are compiling. Try again.",
                        null);
            }
            return await(new Run<>(compilation), deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GaveUpException("Expected to compile, but was told to stop.", e);
        }
    }

    private <T> T await(Run<T> run, long deadline) throws GaveUpException, InterruptedException {
        Thread thread = new Thread(null, run, "evenkeel-compile-" + threads.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            return run.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            thread.setPriority(Thread.MIN_PRIORITY);
            run.abandon();
            throw new GaveUpException(
                    "Expected EPL that compiles within " + limit.toSeconds()
                            + " s, but it took longer. Make it simpler.",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof RuntimeException refused) {
                throw refused;
            }
            throw new GaveUpException(
                    "Expected EPL that compiles, but it broke the compiler: "
                            + cause.getClass().getSimpleName() + ". Make it simpler.",
                    cause);
        }
    }

    /** One compilation. Gives its place back when it ends, or when it is left behind and that is not too often. */
    private final class Run<T> extends FutureTask<T> {
        private boolean placeGiven;
        private boolean ended;
        private boolean stray;

        Run(Callable<T> compilation) {
            super(compilation);
        }

        @Override
        public void run() {
            try {
                super.run();
            } finally {
                end();
            }
        }

        private synchronized void end() {
            ended = true;
            if (stray) {
                strays.release();
            }
            givePlace();
        }

        synchronized void abandon() {
            cancel(true);
            if (!ended && strays.tryAcquire()) {
                stray = true;
                givePlace();
            }
        }

        private void givePlace() {
            if (!placeGiven) {
                placeGiven = true;
                places.release();
            }
        }
    }
}
