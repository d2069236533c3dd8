// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.correlator.catalog.CatalogFile;
import io.evenkeel.correlator.catalog.ChangeLimits;
import io.evenkeel.correlator.catalog.ClusterCatalog;
import io.evenkeel.correlator.catalog.LocalCatalog;
import io.evenkeel.correlator.catalog.NodeCatalog;
import io.evenkeel.correlator.config.HistoryMode;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.guarantee.GuaranteeWatch;
import io.evenkeel.correlator.task.BackupReader;
import io.evenkeel.correlator.task.BackupRefusedException;
import io.evenkeel.correlator.task.QueryHistory;
import io.evenkeel.correlator.task.TaskFile;
import io.evenkeel.correlator.task.WholeLog;
import io.evenkeel.jms.ReceiverStatus;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.runtime.engine.QueryCompiler;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.GridGate;
import io.evenkeel.runtime.hazelcast.GridSettings;
import io.evenkeel.runtime.hazelcast.LogImages;
import io.evenkeel.runtime.hazelcast.Progress;
import io.evenkeel.runtime.hazelcast.RetainedLog;
import io.evenkeel.runtime.hazelcast.ShardHistory;
import io.evenkeel.runtime.hazelcast.ShardHost;
import io.evenkeel.runtime.hazelcast.ShardRouter;
import io.evenkeel.runtime.hazelcast.ShardTicker;
import io.evenkeel.runtime.hazelcast.TickQueue;
import io.evenkeel.runtime.history.HistoryFolder;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.tasks.hazelcast.GridMembers;
import io.evenkeel.tasks.hazelcast.GridTaskStore;
import io.evenkeel.tasks.run.ClusterTasks;
import io.evenkeel.tasks.run.Kinds;
import io.evenkeel.tasks.run.RunnerSettings;
import io.evenkeel.tasks.run.TaskRunner;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node's membership of the grid, with all that stands on it. Started and closed once, by one thread. */
public final class GridMember implements AutoCloseable {
    /** Longer than the grid takes to remove a dead node (5 s) and the next owner to replay its shards. */
    private static final Duration OWNER_DEADLINE = Duration.ofSeconds(15);

    private final HazelcastInstance grid;
    private final GridGate gate;
    private final ShardHost host;
    private final ShardRouter router;
    private final ShardTicker ticker;
    private final GridCatalog catalog;
    private final GridView view;
    private final GridMatches matches;
    private final FeedWriter feed;
    private final ShardHistory shardHistory;
    private final Path data;
    private final Consumer<Enum<?>> steps;
    private @Nullable TaskRunner tasks;

    private GridMember(
            HazelcastInstance grid,
            GridSettings settings,
            ShardSettings shards,
            LocalCatalog local,
            Path data,
            NodeConfiguration.History history,
            Consumer<Enum<?>> steps,
            Duration tickInterval,
            TickQueue ticks,
            Supplier<List<ReceiverStatus>> receivers,
            GuaranteeWatch guarantees) {
        this.grid = grid;
        this.data = data;
        this.steps = steps;
        this.gate = new GridGate(grid, settings);
        this.catalog = new GridCatalog(grid, settings, gate, local, this::settleShards, steps::accept);
        NodeCatalog running = catalog.node();
        this.host = new ShardHost(grid, settings, shards, running::plansAtLeast, steps::accept);
        this.router = new ShardRouter(grid, host, running::plans, OWNER_DEADLINE);
        this.ticker = new ShardTicker(grid, host, tickInterval, ticks);
        this.matches = new GridMatches(grid, settings.feed());
        this.feed = new FeedWriter(grid, settings);
        HistoryFolder folder = history.mode() == HistoryMode.OFF || !settings.compute()
                ? null
                : new HistoryFolder(data.resolve("history"), settings.cluster(), settings.shards(), Clock.systemUTC());
        this.shardHistory =
                new ShardHistory(grid, settings, folder, history.interval(), history.patience(), gate::open);
        this.view = new GridView(grid, settings, gate, host, running, receivers, guarantees, ticks, shardHistory);
    }

    /**
     * Joins the grid, and returns when this node is a member. Blocks.
     *
     * @param http      URL of this node's API
     * @param likely    what the cluster runs, if nothing on this node's disk tells: compiled before this node joins
     * @param data      folder for what must survive a restart
     * @param history   what is kept of the logs on this node's disk
     * @param steps     told when this node passes a step of a protocol
     * @param ticks     the way to the tick queue
     * @param receivers  how the receivers of this node stand
     * @param guarantees what this node and its brokers guarantee
     */
    public static GridMember join(
            GridSettings settings,
            String http,
            ShardSettings shards,
            QueryCompiler compiler,
            Supplier<CatalogSnapshot> likely,
            Path data,
            NodeConfiguration.History history,
            Consumer<Enum<?>> steps,
            Duration tickInterval,
            TickQueue ticks,
            Supplier<List<ReceiverStatus>> receivers,
            GuaranteeWatch guarantees) {
        LocalCatalog local = new LocalCatalog(
                new CatalogFile(data.resolve("catalog")),
                compiler,
                settings.shards(),
                ChangeLimits.ofCluster(settings.minimum()));
        local.warmUp(likely);
        GridMember member = new GridMember(
                Grid.start(settings, http),
                settings,
                shards,
                local,
                data,
                history,
                steps,
                tickInterval,
                ticks,
                receivers,
                guarantees);
        member.catalog.serve();
        member.gate.start();
        member.ticker.start();
        member.feed.start();
        return member;
    }

    private void settleShards() {
        host.settle();
    }

    public GridGate gate() {
        return gate;
    }

    public ShardRouter router() {
        return router;
    }

    public ShardHost host() {
        return host;
    }

    public Progress progress() {
        return host.progress();
    }

    public ClusterCatalog catalog() {
        return catalog.catalog();
    }

    public GridMatches matches() {
        return matches;
    }

    /** Where receivers keep their matches for those who read {@link #matches()}. */
    public FeedWriter feed() {
        return feed;
    }

    /** What the log still has of the queries' events. */
    public QueryHistory history() {
        return new QueryHistory(catalog.node()::plans, new RetainedLog(grid)::read);
    }

    /** All that the log has, of all shards. */
    public WholeLog wholeLog() {
        LogImages images = new LogImages(grid);
        return new WholeLog(grid.getConfig().getClusterName(), images::take, images::sessions);
    }

    /**
     * Puts the logs of a backup into those shards in which nothing was ever logged, if the cluster has not gone its own way
     * before. Blocks.
     *
     * @return how many shards got theirs now
     * @throws BackupRefusedException if a log of the backup cannot be read
     */
    public int restore(BackupReader backup) {
        try {
            return new LogImages(grid).put(backup.log(), backup::bytes, backup.sessions());
        } catch (IllegalArgumentException e) {
            throw new BackupRefusedException(e.getMessage() + ". Was it made by another version of Evenkeel?", e);
        }
    }

    /** What outlives the end of all nodes. */
    public ShardHistory shardHistory() {
        return shardHistory;
    }

    /** Takes this node's part in tasks and jobs from now on. Called once. */
    public ClusterTasks serveTasks(Kinds kinds, RunnerSettings settings) {
        GridTaskStore store = new GridTaskStore(grid);
        TaskRunner runner = new TaskRunner(
                store,
                new GridMembers(grid),
                kinds,
                new TaskFile(data.resolve("tasks")),
                settings,
                Clock.systemUTC(),
                System::nanoTime,
                steps);
        tasks = runner;
        runner.start();
        return new ClusterTasks(store, kinds, runner, Clock.systemUTC(), gate::open, steps);
    }

    public GridView view() {
        return view;
    }

    /** Leaves the grid in order: what this node has is handed to the others first. Blocks. */
    @Override
    public void close() {
        TaskRunner runner = tasks;
        if (runner != null) {
            runner.close();
        }
        ticker.close();
        feed.close();
        catalog.stop();
        gate.close();
        shardHistory.finish();
        grid.shutdown();
        catalog.close();
        shardHistory.close();
    }
}
