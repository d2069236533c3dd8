// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import java.util.Map;

/**
 * Compiles queries.
 *
 * <p><b>Threads.</b> Thread-safe. Slow (100 to 200 ms a query): never call it on a thread of a shard or of the grid.
 */
public interface QueryCompiler {

    /**
     * Checks a query and compiles it.
     *
     * @param eventTypes by name; has at least those of the query's inputs
     * @throws io.evenkeel.query.DefinitionRefusedException if the query cannot run or may not; each fault names its line
     *     in the document
     */
    CompiledQuery compile(QueryDefinition query, Map<String, EventType> eventTypes);
}
