// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A queue with one active consumer. What was delivered and not acknowledged comes back to its head, in order. */
final class SimulatedQueue {
    private final String name;
    private final Deque<Cause> waiting = new ArrayDeque<>();
    private final Deque<Cause> delivered = new ArrayDeque<>();

    SimulatedQueue(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void publish(Cause cause) {
        waiting.addLast(cause);
    }

    List<Cause> receive(int most) {
        List<Cause> batch = new ArrayList<>();
        while (batch.size() < most && !waiting.isEmpty()) {
            Cause cause = waiting.removeFirst();
            delivered.addLast(cause);
            batch.add(cause);
        }
        return batch;
    }

    /** The first ones that were delivered will not come again. */
    void acknowledge(int count) {
        for (int i = 0; i < count && !delivered.isEmpty(); i++) {
            delivered.removeFirst();
        }
    }

    void giveBack() {
        while (!delivered.isEmpty()) {
            waiting.addFirst(delivered.removeLast());
        }
    }

    int depth() {
        return waiting.size() + delivered.size();
    }
}
