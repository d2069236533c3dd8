// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.QueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has of the catalog by itself, before it is a member of anything: what it kept on its disk, the compiler, and how long a
 * change may take.
 *
 * <p>Thread-safe.
 */
public final class LocalCatalog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCatalog.class);
    private static final int COMPILERS = 2;
    private static final int MOST_WAITING = 1_000;
    /** Instances of one query that are opened to warm up; the others only differ in values. */
    private static final int OPENED = 3;

    private final CatalogDisk disk;
    private final PlanStore plans;
    private final ChangeLimits limits;
    private final ThreadPoolExecutor compilers;

    /** @param shards of the cluster */
    public LocalCatalog(CatalogDisk disk, QueryCompiler compiler, int shards, ChangeLimits limits) {
        AtomicInteger threads = new AtomicInteger();
        this.compilers = new ThreadPoolExecutor(
                COMPILERS, COMPILERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "evenkeel-compiler-" + threads.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        compilers.allowCoreThreadTimeOut(true);
        this.disk = disk;
        this.limits = limits;
        this.plans = new PlanStore(compiler, shards, compilers);
    }

    public CatalogDisk disk() {
        return disk;
    }

    public PlanStore plans() {
        return plans;
    }

    public ChangeLimits limits() {
        return limits;
    }

    /**
     * Compiles what the cluster most likely runs. As soon as this node is a member shards move to it, and their events wait
     * until it can evaluate them; so what can be done before is done before. Blocks while queries are compiled, and never
     * fails: whatever is wrong with the catalog is told when it is to be run.
     *
     * @param otherwise what it would run, asked for only if nothing is on its disk
     */
    public void warmUp(Supplier<CatalogSnapshot> otherwise) {
        CatalogSnapshot likely = disk.read().state().catalog().snapshot();
        try {
            if (likely.queries().isEmpty()) {
                likely = otherwise.get();
            }
            plans.plan(likely, limits.prepare()).queries().values().forEach(LocalCatalog::open);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("Expected to compile catalog revision {} before joining, but could not", likely.revision(), e);
        }
    }

    private static void open(QueryPlan plan) {
        List<QueryInstance> some = plan.instances().stream().limit(OPENED).toList();
        plan.compiled().open(some, 0).close();
    }

    /** Compiles nothing any more. */
    @Override
    public void close() {
        compilers.shutdownNow();
    }
}
