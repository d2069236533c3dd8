// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.time.Duration;

/** A gate that the test opens and shuts. */
final class TestGate implements CommitGate {
    private boolean open = true;

    @Override
    public synchronized boolean awaitOpen(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!open) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }

    @Override
    public synchronized boolean open() {
        return open;
    }

    synchronized void set(boolean nowOpen) {
        open = nowOpen;
        notifyAll();
    }
}
