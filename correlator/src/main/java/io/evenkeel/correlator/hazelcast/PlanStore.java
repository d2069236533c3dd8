// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.QueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Makes plans of catalogs. Compiles each query once for each form that it and its event types have had. */
final class PlanStore {
    private record Source(QueryDefinition query, SortedMap<String, EventType> eventTypes) {}

    private final QueryCompiler compiler;
    private final int shards;
    private final Map<Source, CompiledQuery> compiled = new ConcurrentHashMap<>();

    PlanStore(QueryCompiler compiler, int shards) {
        this.compiler = compiler;
        this.shards = shards;
    }

    /**
     * Blocks while queries are compiled.
     *
     * @throws DefinitionRefusedException with the faults of all queries that do not compile
     */
    QueryPlans plan(CatalogSnapshot catalog) {
        SortedMap<String, QueryPlan> plans = new TreeMap<>();
        List<Fault> faults = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Versioned<QueryDefinition> query : catalog.queries().values()) {
            try {
                plans.put(query.value().name(), plan(catalog, query));
            } catch (DefinitionRefusedException e) {
                faults.addAll(e.faults());
                refused.add("query " + query.value().name());
            }
        }
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(String.join(", ", refused), faults);
        }
        return new QueryPlans(catalog.revision(), shards, plans);
    }

    private QueryPlan plan(CatalogSnapshot catalog, Versioned<QueryDefinition> query) {
        QueryDefinition definition = query.value();
        SortedMap<String, EventType> types = new TreeMap<>();
        for (QueryInput input : definition.inputs()) {
            Versioned<EventType> type = catalog.eventTypes().get(input.event());
            if (type != null) {
                types.put(input.event(), type.value());
            }
        }
        CompiledQuery unit = compiled.computeIfAbsent(
                new Source(definition, types), source -> compiler.compile(source.query(), source.eventTypes()));
        return new QueryPlan(query.version(), unit, instances(catalog, definition), types);
    }

    /** Without parameters there is exactly one instance, which nobody has to make. */
    private static List<QueryInstance> instances(CatalogSnapshot catalog, QueryDefinition query) {
        List<QueryInstance> instances =
                catalog.instancesOf(query.name()).stream().map(Versioned::value).toList();
        return query.parameters().isEmpty() && instances.isEmpty()
                ? List.of(new QueryInstance(new InstanceId(query.name(), "default"), new TreeMap<>()))
                : instances;
    }
}
