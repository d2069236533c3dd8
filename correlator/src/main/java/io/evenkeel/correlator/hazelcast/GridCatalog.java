// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.correlator.catalog.ChangeStep;
import io.evenkeel.correlator.catalog.ClusterCatalog;
import io.evenkeel.correlator.catalog.LocalCatalog;
import io.evenkeel.correlator.catalog.NodeCatalog;
import io.evenkeel.correlator.catalog.Pace;
import io.evenkeel.correlator.catalog.Register;
import io.evenkeel.correlator.catalog.Safety;
import io.evenkeel.runtime.hazelcast.GridGate;
import io.evenkeel.runtime.hazelcast.GridSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The catalog's protocol on the grid: register, members and gate of this one. Thread-safe. */
public final class GridCatalog implements AutoCloseable {
    private static final String CONTEXT = "evenkeel.catalog";

    private final HazelcastInstance grid;
    private final ClusterCatalog catalog;
    private final LocalCatalog local;

    /**
     * @param local        closed with this
     * @param settleShards brings the shards of this node to the present plans; may block
     * @param steps        told when a change passes a step on this node
     */
    public GridCatalog(
            HazelcastInstance grid,
            GridSettings settings,
            GridGate gate,
            LocalCatalog local,
            Runnable settleShards,
            Consumer<ChangeStep> steps) {
        Register register = new GridRegister(grid);
        NodeCatalog node = new NodeCatalog(
                settings.node(), register, local.plans(), local.disk(), settleShards, steps, local.limits());
        this.catalog = new ClusterCatalog(
                node,
                register,
                new GridNodes(grid),
                safety(gate),
                local.plans(),
                local.limits(),
                Pace.ofMachine(),
                steps);
        this.grid = grid;
        this.local = local;
    }

    /** Answers the questions of other nodes from now on. */
    void serve() {
        grid.getUserContext().put(CONTEXT, this);
        grid.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                catalog.wake();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                catalog.wake();
            }
        });
    }

    static @Nullable GridCatalog of(@Nullable HazelcastInstance grid) {
        return grid == null ? null : (GridCatalog) grid.getUserContext().get(CONTEXT);
    }

    private static Safety safety(GridGate gate) {
        return new Safety() {
            @Override
            public boolean open() {
                return gate.open();
            }

            @Override
            public boolean awaitOpen(Duration limit) throws InterruptedException {
                return gate.awaitOpen(limit);
            }

            @Override
            public List<String> reasons() {
                return gate.reasons();
            }
        };
    }

    /** To read and change. */
    public ClusterCatalog catalog() {
        return catalog;
    }

    /** What this node runs. */
    public NodeCatalog node() {
        return catalog.node();
    }

    /**
     * Looks after the catalog no more. Until the grid has ended, other nodes ask this one all the same whether it could run a
     * change; it goes on to answer.
     */
    void stop() {
        catalog.close();
    }

    /** Once the grid has ended. */
    @Override
    public void close() {
        local.close();
    }
}
