// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.runtime.plan.InputPlan;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Events of a query on source time that its clock has not passed yet, in the order in which it will see them.
 *
 * <p>At the same source time the inputs' order in the definition decides, then the queue's name, then the order of the
 * log. None of them depends on how many shards or nodes there are, or on which of two queues was read first.
 */
final class HeldEvents {
    /** @param order counts the events of the query in the shard, in the order of the log */
    record Held(LoggedCause cause, InputPlan input, int inputIndex, Event event, long time, String queue, long order) {}

    private static final Comparator<Held> ORDER = Comparator.comparingLong(Held::time)
            .thenComparingInt(Held::inputIndex)
            .thenComparing(Held::queue)
            .thenComparingLong(Held::order);

    private final PriorityQueue<Held> events = new PriorityQueue<>(ORDER);
    private long count;

    void hold(LoggedCause cause, InputPlan input, int inputIndex, Event event, long time, String queue) {
        events.add(new Held(cause, input, inputIndex, event, time, queue, count++));
    }

    @Nullable
    Held first() {
        return events.peek();
    }

    void removeFirst() {
        events.remove();
    }

    int size() {
        return events.size();
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    void clear() {
        events.clear();
        count = 0;
    }
}
