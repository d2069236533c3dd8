// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The whole catalog at one revision. Immutable; reads cost no I/O.
 *
 * @param revision   counts changes; 0 is the empty catalog
 * @param eventTypes by name
 * @param queries    by name
 * @param instances  by id
 * @param deleted    titles of definitions that were deleted and are not there now, with the revision of their deletion;
 *                   only the latest {@link #MOST_DELETED}. What a node brings along does not bring these back
 */
public record CatalogSnapshot(
        long revision,
        SortedMap<String, Versioned<EventType>> eventTypes,
        SortedMap<String, Versioned<QueryDefinition>> queries,
        SortedMap<InstanceId, Versioned<QueryInstance>> instances,
        SortedMap<String, Long> deleted) {

    /** So many deletions are remembered. */
    public static final int MOST_DELETED = 1_000;

    /** The catalog before the first change. */
    public static final CatalogSnapshot EMPTY =
            new CatalogSnapshot(0, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    /**
     * A definition as it stands in the catalog.
     *
     * @param version  counts the changes of this definition, from 1; an unchanged put does not count
     * @param revision of the catalog at which this version came
     */
    public record Versioned<T>(T value, int version, long revision) {}

    /** Without any deletion. */
    public CatalogSnapshot(
            long revision,
            SortedMap<String, Versioned<EventType>> eventTypes,
            SortedMap<String, Versioned<QueryDefinition>> queries,
            SortedMap<InstanceId, Versioned<QueryInstance>> instances) {
        this(revision, eventTypes, queries, instances, new TreeMap<>());
    }

    public CatalogSnapshot {
        eventTypes = Collections.unmodifiableSortedMap(new TreeMap<>(eventTypes));
        queries = Collections.unmodifiableSortedMap(new TreeMap<>(queries));
        instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
        deleted = Collections.unmodifiableSortedMap(new TreeMap<>(deleted));
    }

    /** The titles of all definitions, as in {@code query late-airport}. */
    public SortedSet<String> titles() {
        SortedSet<String> titles = new TreeSet<>();
        eventTypes.keySet().forEach(name -> titles.add(Titles.eventType(name)));
        queries.keySet().forEach(name -> titles.add(Titles.query(name)));
        instances.keySet().forEach(id -> titles.add(Titles.instance(id)));
        return titles;
    }

    /** The instances of a query, in the order of their names; empty if it has none. */
    public List<Versioned<QueryInstance>> instancesOf(String query) {
        return instances.values().stream()
                .filter(instance -> instance.value().id().query().equals(query))
                .toList();
    }
}
