// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import java.util.List;

/** One version of a query, compiled once; opens any number of engines. Immutable and thread-safe. */
public interface CompiledQuery {

    QueryDefinition definition();

    /**
     * Opens an engine without any history. Costs a few milliseconds.
     *
     * @param instances of this query, in any order; the order has no influence on what the engine emits. May be empty
     * @param startTime at which the engine's time begins, in ms since the epoch
     * @throws IllegalArgumentException if an instance is of another query, occurs twice or lacks a value
     */
    Engine open(List<QueryInstance> instances, long startTime);

    /**
     * Opens an engine that says which instance threw, whenever one does. The same as {@link #open} otherwise, and slower
     * to open if there are many: some milliseconds for each instance.
     *
     * @throws InstanceFailedException if an instance cannot even be opened
     */
    default Engine openNaming(List<QueryInstance> instances, long startTime) {
        return open(instances, startTime);
    }
}
