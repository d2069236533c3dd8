// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.Titles;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.QueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes plans of catalogs. Compiles each query once for each form that it and its event types have had lately, on
 * threads of its own: whoever waits for a plan waits no longer than he wants to.
 *
 * <p>Thread-safe.
 */
public final class PlanStore {
    /** Forms of queries that are remembered at least; more if a catalog has more queries. */
    private static final int REMEMBERED = 256;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final QueryCompiler compiler;
    private final int shards;
    private final Executor threads;
    private final Map<Source, CompletableFuture<CompiledQuery>> compiled = new LinkedHashMap<>(16, 0.75f, true);

    private record Source(QueryDefinition query, SortedMap<String, EventType> eventTypes) {}

    /** @param threads compile; a task takes 100 to 200 ms, or as long as a query wants to */
    public PlanStore(QueryCompiler compiler, int shards, Executor threads) {
        this.compiler = compiler;
        this.shards = shards;
        this.threads = threads;
    }

    /** True if nothing has to be compiled for a catalog: what did not compile is tried again. */
    boolean knows(CatalogSnapshot catalog) {
        synchronized (compiled) {
            return catalog.queries().values().stream()
                    .map(query -> compiled.get(source(catalog, query.value())))
                    .allMatch(unit -> unit != null && unit.isDone() && !unit.isCompletedExceptionally());
        }
    }

    /**
     * Blocks while queries are compiled.
     *
     * @throws DefinitionRefusedException  with the faults of all queries that do not compile
     * @throws CatalogUnavailableException if that takes longer than the limit, or too many others wait
     */
    QueryPlans plan(CatalogSnapshot catalog, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        Map<String, CompletableFuture<CompiledQuery>> units = new LinkedHashMap<>();
        for (Versioned<QueryDefinition> query : catalog.queries().values()) {
            units.put(query.value().name(), compile(source(catalog, query.value()), catalog));
        }
        SortedMap<String, QueryPlan> plans = new TreeMap<>();
        List<Fault> faults = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Versioned<QueryDefinition> query : catalog.queries().values()) {
            String name = query.value().name();
            try {
                CompiledQuery unit = await(name, requireNonNull(units.get(name)), end - System.nanoTime());
                plans.put(
                        name,
                        new QueryPlan(
                                query.version(),
                                unit,
                                instances(catalog, query.value()),
                                source(catalog, query.value()).eventTypes()));
            } catch (DefinitionRefusedException e) {
                faults.addAll(e.faults());
                refused.add(Titles.query(name));
            }
        }
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(String.join(", ", refused), faults);
        }
        return new QueryPlans(catalog.revision(), shards, plans);
    }

    private static Source source(CatalogSnapshot catalog, QueryDefinition query) {
        SortedMap<String, EventType> types = new TreeMap<>();
        for (QueryInput input : query.inputs()) {
            Versioned<EventType> type = catalog.eventTypes().get(input.event());
            if (type != null) {
                types.put(input.event(), type.value());
            }
        }
        return new Source(query, types);
    }

    private CompletableFuture<CompiledQuery> compile(Source source, CatalogSnapshot catalog) {
        CompletableFuture<CompiledQuery> unit;
        synchronized (compiled) {
            CompletableFuture<CompiledQuery> known = compiled.get(source);
            if (known != null && !known.isCompletedExceptionally()) {
                return known;
            }
            unit = new CompletableFuture<>();
            compiled.put(source, unit);
            int most = Math.max(REMEMBERED, 2 * catalog.queries().size());
            var eldest = compiled.entrySet().iterator();
            for (int excess = compiled.size() - most; excess > 0; excess--) {
                eldest.next();
                eldest.remove();
            }
        }
        try {
            threads.execute(() -> {
                try {
                    unit.complete(compiler.compile(source.query(), source.eventTypes()));
                } catch (RuntimeException | LinkageError | StackOverflowError e) {
                    unit.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            unit.completeExceptionally(new CatalogUnavailableException(
                    "Expected to compile query " + source.query().name() + ", but as many others wait as a node"
                            + " keeps waiting. Nothing changed; put it again when they are done.",
                    RETRY_AFTER));
        }
        return unit;
    }

    private static CompiledQuery await(String query, CompletableFuture<CompiledQuery> unit, long nanos) {
        try {
            return unit.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("Expected query " + query + " to compile, but: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new CatalogUnavailableException(
                    "Expected query " + query + " to compile within "
                            + TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos))
                            + " ms, which the change had left, but it takes longer. Nothing changed; it goes on compiling, so"
                            + " put it again in a while.",
                    RETRY_AFTER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogUnavailableException("Interrupted while query " + query + " was compiled.", RETRY_AFTER);
        }
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
