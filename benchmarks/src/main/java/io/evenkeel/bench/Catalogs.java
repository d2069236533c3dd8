// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import java.util.List;
import java.util.Map;

/** The catalog of the measurements, compiled, for those that need no node. */
final class Catalogs {
    private Catalogs() {}

    static QueryPlans plans(int instances, int shards) {
        CatalogSnapshot catalog = snapshot(instances);
        QueryPlan plan = new QueryPlan(1, compiled(catalog), instances(catalog), types(catalog));
        return new QueryPlans(1, shards, Map.of(plan.name(), plan));
    }

    static CompiledQuery compiled(CatalogSnapshot catalog) {
        QueryDefinition query = catalog.queries().values().iterator().next().value();
        return new EsperQueryCompiler().compile(query, types(catalog));
    }

    static CatalogSnapshot snapshot(int instances) {
        return CatalogRules.apply(
                CatalogSnapshot.EMPTY,
                DocumentReader.read("catalog", Readings.catalog(instances)).stream()
                        .map(CatalogChange::put)
                        .toList());
    }

    static List<QueryInstance> instances(CatalogSnapshot catalog) {
        return catalog.instances().values().stream()
                .map(CatalogSnapshot.Versioned::value)
                .toList();
    }

    static EventType readingType() {
        return READING;
    }

    private static final EventType READING =
            types(snapshot(1)).values().iterator().next();

    private static Map<String, EventType> types(CatalogSnapshot catalog) {
        return catalog.eventTypes().entrySet().stream()
                .collect(java.util.stream.Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().value()));
    }
}
