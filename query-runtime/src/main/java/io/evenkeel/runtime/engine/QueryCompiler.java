// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import java.util.Map;

/** Compiles queries. Thread-safe. Slow (100 to 200 ms): not for a shard's or a grid's thread. */
public interface QueryCompiler {
    /**
     * @param eventTypes by name, at least those that the inputs of the query name
     * @throws io.evenkeel.query.DefinitionRefusedException with a line of the document for each fault
     */
    CompiledQuery compile(QueryDefinition query, Map<String, EventType> eventTypes);
}
