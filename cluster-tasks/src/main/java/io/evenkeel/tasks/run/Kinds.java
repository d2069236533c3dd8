// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a node can do, by name. Immutable. */
public record Kinds(SortedMap<String, TaskKind> tasks, SortedMap<String, JobKind> jobs) {
    public Kinds {
        tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks));
        jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
    }

    public static Kinds of(Collection<? extends TaskKind> tasks, Collection<? extends JobKind> jobs) {
        SortedMap<String, TaskKind> byName = new TreeMap<>();
        tasks.forEach(kind -> byName.put(kind.name(), kind));
        SortedMap<String, JobKind> jobsByName = new TreeMap<>();
        jobs.forEach(kind -> jobsByName.put(kind.name(), kind));
        return new Kinds(byName, jobsByName);
    }
}
