// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.RingbufferConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.OutOfMemoryHandler;
import com.hazelcast.internal.util.ConcurrencyUtil;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;

/** Starts a member of the grid with the settings on which the guarantees rest. */
public final class Grid {
    static final String LOG = "evenkeel.log";
    static final String SEGMENTS = "evenkeel.log.segments";
    static final String GENERATIONS = "evenkeel.generations";
    /** What nodes have on their disks, while a cluster starts, and what they decided to take of it. */
    static final String HISTORY = "evenkeel.history";

    /** The catalog's map; its values are bytes, so that the grid needs no class of the catalog. */
    public static final String CATALOG = "evenkeel.catalog";

    /** Outcomes of changes of the catalog, by id; bytes. Kept for a day. */
    public static final String CHANGES = "evenkeel.catalog.changes";

    /** The latest matches, for those who follow them over HTTP. */
    public static final String MATCHES = "evenkeel.matches";

    /** Matches on their way to {@link #MATCHES} while that has a copy on a silent node; see {@link Siding}. */
    static final String SIDING = "evenkeel.matches.siding";

    /** Tasks, jobs and who does them; bytes that begin with a number, of which the greater one counts. */
    public static final String TASKS = "evenkeel.tasks";

    /** Pieces of the results of jobs; bytes. Kept for a week. */
    public static final String RESULTS = "evenkeel.tasks.results";

    /** Nodes compile and try out a proposed catalog; may take long. */
    public static final String PREPARE = "evenkeel.catalog.prepare";

    /** Nodes follow the catalog, and answer short questions about it. */
    public static final String FOLLOW = "evenkeel.catalog.follow";

    /** Short tasks of one node for another: reports, progress, news of the catalog. */
    public static final String CONTROL = "evenkeel.control";

    /** Signs of life, and nothing else: a node that is slow at something is there all the same. */
    public static final String LIFE = "evenkeel.life";

    /** Member attribute: the URL of the node's HTTP API. */
    public static final String HTTP_ATTRIBUTE = "evenkeel.http";

    /** Member attribute: true if the node takes messages from queues. */
    private static final String RECEIVE_ATTRIBUTE = "evenkeel.receive";

    /** Member attribute: how many matches the node keeps for readers. */
    private static final String FEED_ATTRIBUTE = "evenkeel.feed";

    static final String SAFETY = "evenkeel.safety";
    static final String APPLY = "evenkeel.apply";
    static final String NODE_ATTRIBUTE = "evenkeel.node";
    private static final String MAJORITY = "evenkeel.majority";

    /** Each with the reason why it is not left at its default. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            // A write whose backup did not answer is not a success: the owner forgets its state and claims again.
            Map.entry("hazelcast.operation.fail.on.indeterminate.state", "true"),
            // No longer, since a claim or append that began just before a frozen backup was removed waits for it all
            // the same.
            Map.entry("hazelcast.operation.backup.timeout.millis", "1500"),
            // A frozen member is out after 5 s, before the broker gives its messages to others (6 s).
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "5"),
            // A killed member is out as soon as its port has refused connections three times. A frozen one refuses
            // none.
            Map.entry("hazelcast.connection.monitor.interval", "20"),
            Map.entry("hazelcast.connection.monitor.max.faults", "2"),
            // What was under way to a dead node is soon asked of the one that takes its place, for 25 s in all.
            Map.entry("hazelcast.invocation.retry.pause.millis", "100"),
            // Nodes that start together wait for one another no longer than that.
            Map.entry("hazelcast.wait.seconds.before.join", "1"),
            Map.entry("hazelcast.merge.first.run.delay.seconds", "10"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "10"),
            Map.entry("hazelcast.phone.home.enabled", "false"),
            // A copy that is behind is asked for by a message that nobody repeats; if it is lost, then only after that
            // long, 300 s by default. Nothing is committed meanwhile. A copy that takes longer to send is sent twice.
            Map.entry("hazelcast.partition.migration.timeout", "20"),
            // A piece of what moves must arrive within that time, ten of them at once: by default they have 250 MB.
            Map.entry("hazelcast.partition.migration.chunks.max.migrating.data.in.mb", "10"),
            // A connection to a frozen node is accepted by its kernel and never answered. Meanwhile Hazelcast's thread
            // for it
            // turns in a loop and looks after none of its other connections, so two nodes that live lose sight of
            // each other if theirs is one of them. Of three threads it was each second freeze.
            Map.entry("hazelcast.io.output.thread.count", "32"),
            // The node decides when to leave, after it has drained.
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            Map.entry("hazelcast.logging.type", "slf4j"),
            Map.entry("hazelcast.socket.bind.any", "false"),
            // Tests let the making of copies take its time, to see what may happen meanwhile: seconds between two
            // copies.
            Map.entry(
                    "hazelcast.partition.migration.interval",
                    Integer.toString(Integer.getInteger("evenkeel.fault.copyInterval", 0))),
            // Two cores are enough for anybody who runs three nodes on one machine; more come with the machine.
            Map.entry("hazelcast.operation.generic.thread.count", "2"));

    static {
        // With one or two cores Hazelcast starts a thread for each future that completes, which took four fifths of
        // what
        // an append costs. As many threads as then, but kept for the next: whoever blocks in one blocks nobody else.
        if (ForkJoinPool.getCommonPoolParallelism() < 2) {
            ConcurrencyUtil.setDefaultAsyncExecutor(Executors.newCachedThreadPool(work -> {
                Thread thread = new Thread(work, "evenkeel-grid-async");
                thread.setDaemon(true);
                return thread;
            }));
        }
    }

    private Grid() {}

    /** Starts a member, and returns when it has joined or found that it is the first. Blocks. */
    public static HazelcastInstance start(GridSettings settings) {
        return start(settings, "");
    }

    /** @param http URL of this node's HTTP API, which other nodes tell to clients; empty if it has none */
    public static HazelcastInstance start(GridSettings settings, String http) {
        Config config = new Config(settings.cluster() + "/" + settings.node());
        config.setClusterName(settings.cluster());
        PROPERTIES.forEach(config::setProperty);
        config.setProperty("hazelcast.partition.count", Integer.toString(settings.shards()));
        // A lite member owns no partitions, and so no shards.
        config.setLiteMember(!settings.compute());
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ATTRIBUTE, settings.node())
                .setAttribute(RECEIVE_ATTRIBUTE, Boolean.toString(settings.receive()))
                .setAttribute(FEED_ATTRIBUTE, Integer.toString(settings.feed()));
        if (!http.isEmpty()) {
            config.getMemberAttributeConfig().setAttribute(HTTP_ATTRIBUTE, http);
        }
        config.getSerializationConfig().addDataSerializableFactory(GridTypes.FACTORY, new GridTypes());
        network(config.getNetworkConfig(), settings);
        int minimum = Math.max(2, settings.minimum());
        config.addSplitBrainProtectionConfig(new SplitBrainProtectionConfig(MAJORITY, true, minimum)
                .setFunctionImplementation(new Majority(minimum)));
        boolean majority = settings.minimum() > 1;
        config.addMapConfig(map(LOG, settings, majority, LatestWins.class).setInMemoryFormat(InMemoryFormat.OBJECT));
        // No two claims give segments the same numbers, so two segments of one number are one.
        config.addMapConfig(map(SEGMENTS, settings, majority, PutIfAbsentMergePolicy.class));
        config.addMapConfig(map(GENERATIONS, settings, majority, LatestWins.class));
        // Each node keeps the catalog; a copy on every member costs little and outlives them.
        config.addMapConfig(map(CATALOG, settings, majority, DiscardMergePolicy.class)
                .setBackupCount(Math.min(6, settings.members().size() - 1)));
        config.addMapConfig(map(HISTORY, settings, majority, PutIfAbsentMergePolicy.class)
                .setBackupCount(Math.min(6, settings.members().size() - 1)));
        config.addMapConfig(map(CHANGES, settings, majority, PutIfAbsentMergePolicy.class)
                .setBackupCount(Math.min(6, settings.members().size() - 1))
                .setTimeToLiveSeconds(24 * 60 * 60)
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize(10_000)));
        config.addMapConfig(map(TASKS, settings, majority, LatestWins.class));
        config.addMapConfig(
                map(RESULTS, settings, majority, PutIfAbsentMergePolicy.class).setTimeToLiveSeconds(7 * 24 * 60 * 60));
        if (settings.feed() > 0) {
            config.addRingBufferConfig(matches(settings, majority));
            config.addMapConfig(map(SIDING, settings, majority, DiscardMergePolicy.class));
        }
        int cores = Runtime.getRuntime().availableProcessors();
        // Requests of strict receivers hang while a node is frozen, one for each queue; there is to be room for others.
        config.getExecutorConfig(APPLY).setPoolSize(Math.max(16, cores * 2)).setStatisticsEnabled(false);
        config.getExecutorConfig(PREPARE).setPoolSize(4).setStatisticsEnabled(false);
        config.getExecutorConfig(FOLLOW).setPoolSize(4).setStatisticsEnabled(false);
        config.getExecutorConfig(CONTROL).setPoolSize(2).setStatisticsEnabled(false);
        config.getExecutorConfig(LIFE).setPoolSize(1).setStatisticsEnabled(false);
        // Answers hang while a member is frozen: three from each node, see GridGate.
        config.getExecutorConfig(SAFETY).setPoolSize(64).setStatisticsEnabled(false);
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        Terms.give(config, settings);
        HazelcastInstance grid = Hazelcast.newHazelcastInstance(config);
        Merging.watch(grid);
        grid.getPartitionService().addMigrationListener(new CopyRetries(grid));
        return grid;
    }

    /**
     * What this process does when the memory gives out on a thread of the grid. If it is not told, Hazelcast leaves the
     * cluster, and the process lives on without it.
     */
    public static void onOutOfMemory(Consumer<OutOfMemoryError> action) {
        Hazelcast.setOutOfMemoryHandler(new OutOfMemoryHandler() {
            @Override
            public void onOutOfMemory(OutOfMemoryError error, HazelcastInstance[] instances) {
                action.accept(error);
            }
        });
    }

    /** The name of a node in its configuration. */
    public static String nameOf(Member member) {
        String name = member.getAttribute(NODE_ATTRIBUTE);
        return name == null ? member.getAddress().toString() : name;
    }

    /** Whether a node takes messages from queues. */
    public static boolean receives(Member member) {
        return !"false".equals(member.getAttribute(RECEIVE_ATTRIBUTE));
    }

    /** Whether a node may own shards. */
    public static boolean computes(Member member) {
        return !member.isLiteMember();
    }

    /** How many matches a node keeps for readers, as its configuration has it. */
    public static String feedOf(Member member) {
        return String.valueOf(member.getAttribute(FEED_ATTRIBUTE));
    }

    private static void network(NetworkConfig network, GridSettings settings) {
        network.setPort(settings.port()).setPortAutoIncrement(false);
        network.setPublicAddress(settings.bind() + ":" + settings.port());
        network.getInterfaces().setEnabled(true).addInterface(settings.bind());
        JoinConfig join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(settings.members()).setConnectionTimeoutSeconds(2);
    }

    private static RingbufferConfig matches(GridSettings settings, boolean majority) {
        RingbufferConfig matches = new RingbufferConfig(MATCHES)
                .setCapacity(settings.feed())
                .setBackupCount(settings.backups())
                .setMergePolicyConfig(new MergePolicyConfig(DiscardMergePolicy.class.getName(), 100));
        return majority ? matches.setSplitBrainProtectionName(MAJORITY) : matches;
    }

    /** @param merge what is kept when parts of a split grid become one again; see {@link LatestWins} */
    private static MapConfig map(String name, GridSettings settings, boolean majority, Class<?> merge) {
        MapConfig map = new MapConfig(name)
                .setBackupCount(settings.backups())
                .setAsyncBackupCount(0)
                .setStatisticsEnabled(false)
                .setMergePolicyConfig(new MergePolicyConfig(merge.getName(), 100));
        map.setPerEntryStatsEnabled(false);
        if (majority) {
            map.setSplitBrainProtectionName(MAJORITY);
        }
        return map;
    }
}
