// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The latest matches of the cluster, at positions that rise; the oldest fall out. All nodes read the same. A match that was
 * computed again stands in it again, under the same id. For any thread; a read asks another node and is quick.
 */
public interface MatchHistory {
    /** The most that {@link #read} gives at a time. */
    int MOST = 500;

    /** @param json what a reader is told, in one line */
    record Entry(String id, String query, String instance, String json) {
        public Entry {
            requireNonNull(id, "id");
            requireNonNull(query, "query");
            requireNonNull(instance, "instance");
            requireNonNull(json, "json");
        }
    }

    /** Entries that follow each other. @param from position of the first one; if there are none, where the next will be */
    record Stretch(long from, List<Entry> entries) {
        public Stretch {
            entries = List.copyOf(entries);
        }

        long end() {
            return from + entries.size();
        }
    }

    /** False if this node keeps no matches for readers, as its configuration says. */
    boolean on();

    /** The most that are kept; the oldest fall out then. */
    int capacity();

    /**
     * What is there from a position on, at most {@link #MOST}. If that has fallen out, from the oldest on; if it is not
     * reached yet, nothing.
     *
     * @throws io.evenkeel.correlator.catalog.CatalogUnavailableException if the cluster is a minority, or this node no member
     */
    Stretch read(long from);
}
