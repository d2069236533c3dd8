// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.map.IMap;
import io.evenkeel.correlator.http.CatalogStore;
import io.evenkeel.correlator.http.CatalogUnavailableException;
import io.evenkeel.correlator.http.ConflictException;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogCodec;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.runtime.engine.QueryCompiler;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.plan.QueryPlans;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalog on the grid: one value under one key, changed by comparing and replacing, so that changes are in one order
 * for all nodes. After a change every node is told and runs it before the caller gets an answer.
 *
 * <p>Reads are local. Thread-safe.
 */
public final class GridCatalog implements CatalogStore {
    private static final Logger LOG = LoggerFactory.getLogger(GridCatalog.class);
    private static final String KEY = "catalog";
    private static final String CONTEXT = "evenkeel.catalog";
    private static final long SPREAD_SECONDS = 30;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final HazelcastInstance grid;
    private final IMap<String, byte[]> map;
    private final PlanStore store;
    private final Runnable onChange;
    private volatile State state;

    /** What a node runs. */
    private record State(CatalogSnapshot catalog, QueryPlans plans) {}

    /** @param onChange called when this node has another revision than before, and shards are to follow; may block */
    public GridCatalog(HazelcastInstance grid, QueryCompiler compiler, int shards, Runnable onChange) {
        this.grid = grid;
        this.map = grid.getMap(Grid.CATALOG);
        this.store = new PlanStore(compiler, shards);
        this.onChange = onChange;
        this.state = new State(CatalogSnapshot.EMPTY, store.plan(CatalogSnapshot.EMPTY));
        grid.getUserContext().put(CONTEXT, this);
    }

    static @Nullable GridCatalog of(@Nullable HazelcastInstance grid) {
        return grid == null ? null : (GridCatalog) grid.getUserContext().get(CONTEXT);
    }

    @Override
    public CatalogSnapshot current() {
        return state.catalog();
    }

    /** The queries as this node runs them. */
    public QueryPlans plans() {
        return state.plans();
    }

    /** The queries at a revision or a later one; reads the grid if this node is behind. */
    public QueryPlans plansAtLeast(long revision) {
        QueryPlans plans = state.plans();
        if (plans.revision() >= revision) {
            return plans;
        }
        refresh();
        return state.plans();
    }

    /** Takes over what the grid has, if it is newer. Blocks while new queries are compiled. */
    public void refresh() {
        boolean changed;
        synchronized (this) {
            byte[] bytes = map.get(KEY);
            CatalogSnapshot latest = bytes == null ? CatalogSnapshot.EMPTY : CatalogCodec.decode(bytes);
            changed = latest.revision() > state.catalog().revision();
            if (changed) {
                state = new State(latest, store.plan(latest));
            }
        }
        if (changed) {
            LOG.info("Runs catalog revision {}", state.catalog().revision());
            onChange.run();
        }
    }

    @Override
    public void check(List<CatalogChange> changes) {
        store.plan(CatalogRules.apply(current(), changes));
    }

    @Override
    public CatalogSnapshot change(List<CatalogChange> changes, OptionalLong expectedRevision) {
        try {
            while (true) {
                byte[] bytes = map.get(KEY);
                CatalogSnapshot now = bytes == null ? CatalogSnapshot.EMPTY : CatalogCodec.decode(bytes);
                if (expectedRevision.isPresent() && expectedRevision.getAsLong() != now.revision()) {
                    throw new ConflictException(expectedRevision.getAsLong(), now.revision());
                }
                CatalogSnapshot next = CatalogRules.apply(now, changes);
                store.plan(next);
                if (next.revision() == now.revision() || replace(bytes, CatalogCodec.encode(next))) {
                    spread(next.revision());
                    return next;
                }
            }
        } catch (HazelcastException e) {
            throw new CatalogUnavailableException(
                    "Expected the cluster to take the change, but it did not answer for certain: " + e.getMessage(),
                    RETRY_AFTER);
        }
    }

    private boolean replace(byte @Nullable [] old, byte[] next) {
        return old == null ? map.putIfAbsent(KEY, next) == null : map.replace(KEY, old, next);
    }

    /** Has every node run a revision, this one included. Nodes that leave meanwhile run it when they come back. */
    private void spread(long revision) {
        Map<Member, Future<String>> told = new LinkedHashMap<>();
        for (Member member : grid.getCluster().getMembers()) {
            if (!member.localMember()) {
                told.put(member, grid.getExecutorService(Grid.CONTROL).submitToMember(new RefreshTask(), member));
            }
        }
        refresh();
        for (Map.Entry<Member, Future<String>> answer : told.entrySet()) {
            await(revision, answer.getKey(), answer.getValue());
        }
    }

    private static void await(long revision, Member member, Future<String> answer) {
        String failure;
        try {
            failure = answer.get(SPREAD_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MemberLeftException) {
                LOG.info("Node {} left before it ran catalog revision {}", member, revision);
                return;
            }
            failure = String.valueOf(e.getCause());
        } catch (TimeoutException e) {
            failure = "no answer within " + SPREAD_SECONDS + " s";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "interrupted";
        }
        if (!failure.isEmpty()) {
            throw new CatalogUnavailableException(
                    "Expected node " + member.getAddress() + " to run catalog revision " + revision + ", but: "
                            + failure + ". The change is stored and the node will follow.",
                    RETRY_AFTER);
        }
    }
}
