// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import jakarta.jms.JMSException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** A commit that another thread has begun. It ends: each call of JMS has a time limit. */
final class OpenCommit {
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private OpenCommit() {}

    /** What commits. */
    interface Commit {
        void run() throws JMSException;
    }

    static OpenCommit begin(Executor thread, Commit commit) {
        OpenCommit begun = new OpenCommit();
        thread.execute(() -> {
            try {
                commit.run();
                begun.end.complete(null);
            } catch (Throwable e) { // whoever waits must learn of each
                begun.end.completeExceptionally(e);
            }
        });
        return begun;
    }

    /** True if it has ended, well or not. */
    boolean ended() {
        return end.isDone();
    }

    /** Waits until it has ended, even if the thread is interrupted. @throws JMSException if it failed, or nobody knows */
    void await() throws JMSException {
        try {
            end.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof JMSException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
