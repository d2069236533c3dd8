// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.Wording;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.query.document.ParameterValues;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Event types, queries and instances that were read and compiled together, ready for trials. Immutable: compiling is
 * slow (0.2 s a query), so one of these serves any number of trials, also at the same time.
 *
 * <p>A query with parameters and without instances is tried with its defaults, as instance {@code default}. In a cluster
 * it would not run before somebody puts an instance.
 */
public final class TrialDefinitions {
    private final CatalogSnapshot catalog;
    private final SortedMap<String, CompiledQuery> compiled;
    private final SortedMap<InstanceId, QueryInstance> chosen;

    private TrialDefinitions(
            CatalogSnapshot catalog,
            SortedMap<String, CompiledQuery> compiled,
            SortedMap<InstanceId, QueryInstance> chosen) {
        this.catalog = catalog;
        this.compiled = compiled;
        this.chosen = chosen;
    }

    /**
     * Reads and compiles files, all of them as one catalog.
     *
     * @throws DefinitionRefusedException as a node would refuse them, with every fault and its line
     */
    public static TrialDefinitions load(List<Path> files) {
        List<Document> documents = new ArrayList<>();
        for (Path file : files) {
            try {
                documents.addAll(DocumentReader.read(file.toString(), Files.readString(file)));
            } catch (IOException e) {
                throw new UncheckedIOException("Expected to read " + file + ", but could not: " + e, e);
            }
        }
        return of(documents);
    }

    /** As {@link #load}, from text: one or several documents. */
    public static TrialDefinitions parse(String documents) {
        return of(DocumentReader.read("documents", documents));
    }

    /** As {@link #load}. */
    public static TrialDefinitions of(List<Document> documents) {
        CatalogSnapshot catalog = CatalogRules.apply(
                CatalogSnapshot.EMPTY,
                documents.stream().map(CatalogChange::put).toList());
        SortedMap<String, CompiledQuery> compiled = new TreeMap<>();
        List<Fault> faults = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        EsperQueryCompiler compiler = new EsperQueryCompiler();
        catalog.queries().forEach((name, query) -> {
            try {
                compiled.put(name, compiler.compile(query.value(), typesOf(catalog, query.value())));
            } catch (DefinitionRefusedException e) {
                faults.addAll(e.faults());
                refused.add("query " + name);
            }
        });
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(String.join(", ", refused), faults);
        }
        return new TrialDefinitions(catalog, compiled, new TreeMap<>());
    }

    /** The events that the filters of a query's inputs let pass. */
    List<TrialEvent> admitted(String query, Collection<TrialEvent> events) {
        CompiledQuery all = requireNonNull(compiled.get(query), query);
        // Filters belong to no instance.
        try (Engine engine = all.open(List.of(), 0)) {
            return events.stream().filter(event -> engine.admits(event.event())).toList();
        }
    }

    private static SortedMap<String, EventType> typesOf(CatalogSnapshot catalog, QueryDefinition query) {
        SortedMap<String, EventType> types = new TreeMap<>();
        for (QueryInput input : query.inputs()) {
            CatalogSnapshot.Versioned<EventType> type = catalog.eventTypes().get(input.event());
            if (type != null) {
                types.put(input.event(), type.value());
            }
        }
        return types;
    }

    /**
     * The same with an instance of a query chosen: its queries' other instances do not run, unless they are chosen too.
     *
     * @param values by parameter, raw as in a document; empty: as in the documents, or the defaults
     * @throws DefinitionRefusedException if there is no such query, or a value breaks a rule of its parameter
     */
    public TrialDefinitions choose(InstanceId id, Map<String, ? extends @Nullable Object> values) {
        QueryDefinition query = query(id.query());
        CatalogSnapshot.Versioned<QueryInstance> known = catalog.instances().get(id);
        QueryInstance instance =
                known != null && values.isEmpty() ? known.value() : ParameterValues.bind(query, id, values);
        SortedMap<InstanceId, QueryInstance> more = new TreeMap<>(chosen);
        more.put(id, instance);
        return new TrialDefinitions(catalog, compiled, more);
    }

    /**
     * As {@link #choose(InstanceId, Map)}, from text: {@code query/instance}, or with values {@code
     * query/instance:name=value,name=value}. The query may be left out if there is only one.
     *
     * @throws IllegalArgumentException if the text does not read so
     */
    public TrialDefinitions choose(String text) {
        int colon = text.indexOf(':');
        String id = (colon < 0 ? text : text.substring(0, colon)).strip();
        int slash = id.indexOf('/');
        boolean ambiguous = slash < 0 && catalog.queries().size() != 1;
        if (ambiguous || id.endsWith("/") || id.isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected QUERY/INSTANCE or QUERY/INSTANCE:name=value,name=value, but it is " + Wording.quote(text)
                            + ".");
        }
        String query = slash < 0 ? catalog.queries().firstKey() : id.substring(0, slash);
        Map<String, Object> values = new TreeMap<>();
        for (String pair : colon < 0 ? new String[0] : text.substring(colon + 1).split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "Expected name=value, but it is " + Wording.quote(pair) + " in " + Wording.quote(text) + ".");
            }
            values.put(
                    pair.substring(0, equals).strip(),
                    JsonLines.scalar(pair.substring(equals + 1).strip()));
        }
        return choose(new InstanceId(query, id.substring(slash + 1)), values);
    }

    /** @throws DefinitionRefusedException if there is no such query; the message has those that there are */
    public QueryDefinition query(String name) {
        CatalogSnapshot.Versioned<QueryDefinition> query = catalog.queries().get(name);
        if (query == null) {
            throw new DefinitionRefusedException(
                    "query " + name,
                    List.of(new Fault(
                            0,
                            "query",
                            "Expected query " + Wording.quote(name) + " among the definitions, but it is not; "
                                    + Wording.suggest(name, catalog.queries().keySet()))));
        }
        return query.value();
    }

    /** In the order of their names. */
    public List<QueryDefinition> queries() {
        return catalog.queries().values().stream()
                .map(CatalogSnapshot.Versioned::value)
                .toList();
    }

    /** In the order of their names. */
    public List<EventType> eventTypes() {
        return catalog.eventTypes().values().stream()
                .map(CatalogSnapshot.Versioned::value)
                .toList();
    }

    Optional<EventType> findEventType(String name) {
        return eventTypes().stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /** All queries with the instances that run. */
    QueryPlans plans() {
        SortedMap<String, QueryPlan> plans = new TreeMap<>();
        compiled.forEach((name, unit) -> plans.put(name, plan(unit, instancesOf(unit.definition()))));
        return new QueryPlans(1, 1, plans);
    }

    /** One instance alone. */
    QueryPlans plans(InstanceId only) {
        CompiledQuery unit = compiled.get(only.query());
        if (unit == null) {
            throw new IllegalArgumentException("Expected a match of this trial, but there is no query " + only.query());
        }
        List<QueryInstance> instances = instancesOf(unit.definition()).stream()
                .filter(instance -> instance.id().equals(only))
                .toList();
        return new QueryPlans(1, 1, new TreeMap<>(Map.of(only.query(), plan(unit, instances))));
    }

    private QueryPlan plan(CompiledQuery unit, Collection<QueryInstance> instances) {
        return new QueryPlan(1, unit, List.copyOf(instances), typesOf(catalog, unit.definition()));
    }

    private List<QueryInstance> instancesOf(QueryDefinition query) {
        List<QueryInstance> ours = chosen.values().stream()
                .filter(instance -> instance.id().query().equals(query.name()))
                .toList();
        if (!ours.isEmpty()) {
            return ours;
        }
        List<QueryInstance> documented = catalog.instancesOf(query.name()).stream()
                .map(CatalogSnapshot.Versioned::value)
                .toList();
        InstanceId defaults = new InstanceId(query.name(), "default");
        return documented.isEmpty() ? List.of(ParameterValues.bind(query, defaults, Map.of())) : documented;
    }
}
