// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import java.util.List;

/** One version of a query, compiled once; opens any number of engines. Immutable, thread-safe. */
public interface CompiledQuery {
    QueryDefinition definition();

    /** @param startTime engine time in ms since the epoch at which the engine begins */
    Engine open(List<QueryInstance> instances, long startTime);
}
