// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import jakarta.jms.JMSException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A thread for JMS calls that nobody interrupts: a call that was interrupted leaves its session unusable, even for the
 * rollback that must follow. Who calls may be interrupted meanwhile, and learns of it when the call has ended; each call
 * has a time limit of its own. For one caller.
 */
final class CallThread implements AutoCloseable {
    private final ExecutorService thread;

    CallThread(String name) {
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    /** What is called. */
    interface Call<T> {
        T call() throws JMSException;
    }

    /** @param expected what it is for, as in "Expected ..., but" */
    <T> T call(String expected, Call<T> call) throws BrokerFailedException {
        Future<T> answer = thread.submit(call::call);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new BrokerFailedException(expected, e.getCause() == null ? e : e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Calls for the last time. @param last throws nothing */
    void end(Runnable last) {
        try {
            call("to close a connection", () -> {
                last.run();
                return true;
            });
        } catch (BrokerFailedException e) {
            throw new IllegalStateException("Expected a call that throws nothing, but it did", e);
        } finally {
            close();
        }
    }

    /** Ends when what was called has. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
