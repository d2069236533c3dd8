// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The whole catalog at one revision. Immutable; reads cost no I/O.
 *
 * @param revision   counts changes; 0 is the empty catalog
 * @param eventTypes by name
 * @param queries    by name
 * @param instances  by id
 */
public record CatalogSnapshot(
        long revision,
        SortedMap<String, Versioned<EventType>> eventTypes,
        SortedMap<String, Versioned<QueryDefinition>> queries,
        SortedMap<InstanceId, Versioned<QueryInstance>> instances) {

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

    public CatalogSnapshot {
        eventTypes = Collections.unmodifiableSortedMap(new TreeMap<>(eventTypes));
        queries = Collections.unmodifiableSortedMap(new TreeMap<>(queries));
        instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    }

    /** The instances of a query, in the order of their names; empty if it has none. */
    public List<Versioned<QueryInstance>> instancesOf(String query) {
        return instances.values().stream()
                .filter(instance -> instance.value().id().query().equals(query))
                .toList();
    }
}
