// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.ChangeOutcome;
import io.evenkeel.correlator.catalog.ChangeRecord;
import io.evenkeel.correlator.catalog.ChangeRequest;
import io.evenkeel.correlator.guarantee.Guarantees;
import io.evenkeel.correlator.guarantee.Weakness;
import io.evenkeel.correlator.http.ClusterStatus;
import io.evenkeel.correlator.http.ClusterView;
import io.evenkeel.correlator.http.InstanceTrouble;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.tasks.run.ClusterTasks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers the API for a node that has not joined yet, and passes on to the real parts once it has. Thread-safe. */
final class StartingNode implements CatalogStore, ClusterView, MatchHistory {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final String cluster;
    private final String node;
    private volatile @Nullable CatalogStore catalog;
    private volatile @Nullable ClusterView view;
    private volatile @Nullable MatchHistory matches;
    private volatile @Nullable ClusterTasks tasks;

    StartingNode(String cluster, String node) {
        this.cluster = cluster;
        this.node = node;
    }

    void joined(ClusterView joinedView, MatchHistory joinedMatches) {
        matches = joinedMatches;
        view = joinedView;
    }

    @Override
    public boolean on() {
        return joinedMatches().on();
    }

    @Override
    public int capacity() {
        return joinedMatches().capacity();
    }

    @Override
    public Stretch read(long from) {
        return joinedMatches().read(from);
    }

    private MatchHistory joinedMatches() {
        MatchHistory joined = matches;
        if (joined == null) {
            throw notJoined();
        }
        return joined;
    }

    /** From now on this node takes its part in tasks. */
    void began(ClusterTasks ofCluster) {
        tasks = ofCluster;
    }

    ClusterTasks tasks() {
        ClusterTasks known = tasks;
        if (known == null) {
            throw notJoined();
        }
        return known;
    }

    /** From now on this node knows the catalog of the cluster. */
    void agreed(CatalogStore agreedCatalog) {
        catalog = agreedCatalog;
    }

    @Override
    public CatalogSnapshot current() {
        return agreedCatalog().current();
    }

    @Override
    public CatalogSnapshot latest() {
        return agreedCatalog().latest();
    }

    @Override
    public ChangeOutcome change(ChangeRequest request) {
        return agreedCatalog().change(request);
    }

    @Override
    public void check(List<CatalogChange> changes) {
        agreedCatalog().check(changes);
    }

    @Override
    public Optional<ChangeRecord> findChange(String id) {
        return agreedCatalog().findChange(id);
    }

    private CatalogStore agreedCatalog() {
        CatalogStore agreed = catalog;
        if (agreed == null) {
            throw new CatalogUnavailableException(
                    "Expected node " + node + " to know the catalog of cluster " + cluster
                            + ", but it has not agreed with the others on it yet.",
                    RETRY_AFTER);
        }
        return agreed;
    }

    private CatalogUnavailableException notJoined() {
        return new CatalogUnavailableException(
                "Expected node " + node + " to be a member of cluster " + cluster + ", but it has not joined yet",
                RETRY_AFTER);
    }

    @Override
    public ClusterStatus status() {
        ClusterView joined = view;
        return joined != null
                ? joined.status()
                : new ClusterStatus(
                        cluster,
                        node,
                        false,
                        List.of("this node has not joined the cluster yet"),
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        Guarantees.UNKNOWN);
    }

    @Override
    public boolean ready() {
        ClusterView joined = view;
        return joined != null && joined.ready();
    }

    @Override
    public List<Weakness> weaknesses(String query) {
        return joinedView().weaknesses(query);
    }

    @Override
    public List<InstanceTrouble> troubles(String query, String instance) {
        return joinedView().troubles(query, instance);
    }

    @Override
    public void order(int shard, String query, String instance, String key, String order) {
        joinedView().order(shard, query, instance, key, order);
    }

    private ClusterView joinedView() {
        ClusterView joined = view;
        if (joined == null) {
            throw notJoined();
        }
        return joined;
    }
}
