// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.plan;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One version of a query with its present instances, ready to run. Immutable. */
public final class QueryPlan {
    private final int version;
    private final CompiledQuery compiled;
    private final List<QueryInstance> instances;
    private final Map<String, InputPlan> inputs = new LinkedHashMap<>();

    /** @param eventTypes all that the inputs of the query name */
    public QueryPlan(
            int version, CompiledQuery compiled, List<QueryInstance> instances, Map<String, EventType> eventTypes) {
        this.version = version;
        this.compiled = requireNonNull(compiled, "compiled");
        this.instances = List.copyOf(instances);
        for (QueryInput input : definition().inputs()) {
            EventType type = eventTypes.get(input.event());
            if (type == null) {
                throw new IllegalArgumentException("Expected event type " + input.event() + " of query "
                        + definition().name() + " in the catalog, but it is not there");
            }
            inputs.put(input.event(), new InputPlan(definition().name(), input, type));
        }
    }

    public String name() {
        return definition().name();
    }

    public int version() {
        return version;
    }

    public QueryDefinition definition() {
        return compiled.definition();
    }

    public CompiledQuery compiled() {
        return compiled;
    }

    public List<QueryInstance> instances() {
        return instances;
    }

    /** How this query reads an event type; null if it does not. On the path of each event, hence no Optional. */
    public @Nullable InputPlan input(String eventType) {
        return inputs.get(eventType);
    }

    /** How this query reads its event types, in the order in which its definition names them. */
    public Collection<InputPlan> inputs() {
        return Collections.unmodifiableCollection(inputs.values());
    }

    /** The place of an input of this query in its definition, from 0. */
    public int indexOf(InputPlan input) {
        int index = 0;
        for (InputPlan candidate : inputs.values()) {
            if (candidate == input) {
                return index;
            }
            index++;
        }
        throw new IllegalArgumentException(
                "Expected an input of query " + name() + ", but got one of " + input.query());
    }

    /** True if nothing that a shard runs differs: same version, same instances with the same values. */
    public boolean runsLike(QueryPlan other) {
        return compiled == other.compiled && version == other.version && instances.equals(other.instances);
    }
}
