// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.ErrorPolicy;
import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long the instances of one query take. Those that share an engine are measured together. If they take too long for an
 * event, nobody knows which of them it was: from then on each is to have an engine of its own, which changes nothing in
 * what they emit.
 */
final class Efforts {
    private static final int MOST_EVENT = 300;
    /** Keys come and go: of those that were too slow longest ago the count begins anew. */
    private static final int MOST_PLACES = 10_000;

    private static final class Sum {
        private long events;
        private long nanos;
    }

    private record Place(InstanceId instance, String key) {}

    private final int shard;
    private final QueryPlan plan;
    private final Stopwatch watch;
    private final ErrorPolicy policy;
    private final long budgetNanos;
    private final SortedMap<String, Sum> sums = new TreeMap<>();
    private final Map<Place, Integer> overruns = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Integer> eldest) {
            return size() > MOST_PLACES;
        }
    };
    private final List<Overrun> found = new ArrayList<>();
    private boolean paused;
    private boolean apart;
    private boolean wanted;

    Efforts(int shard, QueryPlan plan, Stopwatch watch) {
        this.shard = shard;
        this.plan = plan;
        this.watch = watch;
        this.policy = plan.definition().errors();
        Duration budget = policy.budget();
        this.budgetNanos = budget == null ? Long.MAX_VALUE : budget.toNanos();
    }

    /** Whether work is the past's, which was measured when it was the present. */
    void pause(boolean on) {
        paused = on;
    }

    long start() {
        return paused ? 0 : now();
    }

    private long now() {
        return budgetNanos == Long.MAX_VALUE ? watch.wallNanos() : watch.cpuNanos();
    }

    /** @param instances that share the engine which was shown the event */
    void stop(long start, List<InstanceId> instances, Event event, InputPlan input) {
        if (paused) {
            return;
        }
        long nanos = now() - start;
        boolean single = instances.size() == 1;
        Sum sum = sums.computeIfAbsent(single ? instances.get(0).name() : Effort.ALL, name -> new Sum());
        sum.events++;
        sum.nanos += nanos;
        if (nanos > budgetNanos) {
            if (single) {
                overrun(instances.get(0), input.keyText(event), nanos, event);
            } else {
                wanted = !apart;
            }
        }
    }

    private void overrun(InstanceId instance, String key, long nanos, Event event) {
        // An order may get lost: after as many more it is said again.
        int count = overruns.merge(new Place(instance, key), 1, Integer::sum);
        if (count % policy.limit() == 0) {
            String shown = event.toString();
            found.add(new Overrun(
                    shard,
                    instance,
                    key,
                    "Expected at most " + budgetNanos / 1_000_000 + " ms of CPU time for an event, but it took "
                            + nanos / 1_000_000 + " ms for "
                            + (shown.length() > MOST_EVENT ? shown.substring(0, MOST_EVENT) + "..." : shown)
                            + ". overruns=" + count));
        }
    }

    /** True once if instances are to be taken apart from now on. */
    boolean takeApart() {
        boolean now = wanted;
        apart |= now;
        wanted = false;
        return now;
    }

    /** Takes instances apart from now on; false if they are. */
    boolean takeApartNow() {
        boolean news = !apart;
        apart = true;
        return news;
    }

    /** True if each instance has an engine of its own. */
    boolean apart() {
        return apart;
    }

    /** What is to be told since it was last asked. */
    List<Overrun> takeOverruns() {
        List<Overrun> told = List.copyOf(found);
        found.clear();
        return told;
    }

    List<Effort> efforts() {
        List<Effort> efforts = new ArrayList<>(sums.size());
        sums.forEach((instance, sum) -> efforts.add(new Effort(plan.name(), instance, sum.events, sum.nanos)));
        return efforts;
    }
}
