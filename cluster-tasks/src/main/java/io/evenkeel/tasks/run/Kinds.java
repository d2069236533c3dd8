// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a node can do, by name. Immutable.
 *
 * @param subscriptions tasks as well, but none that a node runs
 */
public record Kinds(
        SortedMap<String, TaskKind> tasks,
        SortedMap<String, SubscriptionKind> subscriptions,
        SortedMap<String, JobKind> jobs) {
    public Kinds {
        tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks));
        subscriptions = Collections.unmodifiableSortedMap(new TreeMap<>(subscriptions));
        jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
    }

    public static Kinds of(
            Collection<? extends TaskKind> tasks,
            Collection<? extends SubscriptionKind> subscriptions,
            Collection<? extends JobKind> jobs) {
        return new Kinds(
                byName(tasks, TaskKind::name),
                byName(subscriptions, SubscriptionKind::name),
                byName(jobs, JobKind::name));
    }

    private static <T> SortedMap<String, T> byName(Collection<? extends T> kinds, Function<T, String> name) {
        SortedMap<String, T> byName = new TreeMap<>();
        kinds.forEach(kind -> byName.put(name.apply(kind), kind));
        return byName;
    }
}
