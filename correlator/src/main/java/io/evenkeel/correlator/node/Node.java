// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.ChangeAbortedException;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.config.NodeRole;
import io.evenkeel.correlator.config.RequiredLevel;
import io.evenkeel.correlator.guarantee.GuaranteeWatch;
import io.evenkeel.correlator.guarantee.TooWeakException;
import io.evenkeel.correlator.hazelcast.GridMember;
import io.evenkeel.correlator.http.ApiServer;
import io.evenkeel.correlator.task.BackupReader;
import io.evenkeel.correlator.task.BackupRefusedException;
import io.evenkeel.correlator.task.NodeKinds;
import io.evenkeel.jms.CommitGate;
import io.evenkeel.jms.Ordering;
import io.evenkeel.jms.Receiver;
import io.evenkeel.jms.ReceiverPorts;
import io.evenkeel.jms.ReceiverSettings;
import io.evenkeel.jms.ReceiverStatus;
import io.evenkeel.jms.TickSender;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import io.evenkeel.runtime.hazelcast.GridGate;
import io.evenkeel.runtime.hazelcast.GridSettings;
import io.evenkeel.runtime.hazelcast.TickQueue;
import io.evenkeel.runtime.shard.LogUnavailableException;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.tasks.run.RunnerSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A correlator node: takes events from queues, evaluates the shards that it owns, publishes matches.
 *
 * <p>It starts from the outside in: first the API, so that others can see it start; then the grid; then, when enough
 * nodes are there, the catalog and the receivers. It stops in the opposite order, so that what was received is finished
 * and what this node holds is handed over before it leaves.
 *
 * <p><b>Threads.</b> {@link #start} and {@link #close} are called once, not at the same time.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration LOAD_AGAIN = Duration.ofMillis(500);
    /** A broker that starts together with its nodes is given so long, where it must be checked. */
    private static final Duration BROKER_PATIENCE = Duration.ofSeconds(60);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final NodeConfiguration configuration;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CrashPoints crashPoints = CrashPoints.ofSystemProperty();
    private final StallPoint stallPoint = StallPoint.ofSystemProperty();
    private final FaultPoints faultPoints = FaultPoints.ofSystemProperty();
    private final List<Receiver> receivers = new CopyOnWriteArrayList<>();
    private final @Nullable BackupReader backup;
    private final GuaranteeWatch guarantees;
    private final StartingNode facade;
    private final ApiServer api;
    private @Nullable GridMember grid;
    private volatile @Nullable TickSender ticks;
    private volatile Runnable refreshMeters = () -> {};

    private Node(NodeConfiguration configuration, @Nullable BackupReader backup) {
        this.configuration = configuration;
        this.backup = backup;
        this.guarantees = new GuaranteeWatch(configuration);
        this.facade = new StartingNode(
                configuration.cluster().name(), configuration.node().name());
        this.api = new ApiServer(configuration.node().http(), facade, facade, facade, facade::tasks, this::scrape);
    }

    /**
     * Starts a node and returns when it serves: a member of a cluster that is large enough, its catalog loaded, its
     * receivers running. Blocks for as long as the others take to come.
     *
     * @param backup what the cluster is to go on from, where it has nothing itself; null for nothing
     * @throws InterruptedException if it is to stop before it serves; what was started is closed again
     * @throws TooWeakException     if it must guarantee more than it can; what was started is closed again
     * @throws BackupRefusedException if the backup cannot be read; what was started is closed again
     */
    public static Node start(NodeConfiguration configuration, @Nullable BackupReader backup)
            throws InterruptedException {
        Node node = new Node(configuration, backup);
        try {
            node.start();
            return node;
        } catch (InterruptedException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void start() throws InterruptedException {
        if (configuration.node().require() == RequiredLevel.NO_LOSS) {
            guarantees.require(CatalogSnapshot.EMPTY, BROKER_PATIENCE);
        }
        api.start();
        GridMember member = joinGrid();
        facade.joined(member.view(), member.matches());
        refreshMeters = NodeMeters.bind(meters, member);
        while (!member.gate().awaitOpen(LOOK_AGAIN)) {
            LOG.info(
                    "Waits for the cluster: {}", String.join("; ", member.gate().reasons()));
        }
        member.catalog().start();
        facade.agreed(member.catalog());
        restore(member, goOnFromDisks(member));
        load(member, "catalog", () -> new CatalogLoader(member.catalog()).load(configuration.catalog()));
        if (configuration.node().require() == RequiredLevel.NO_LOSS) {
            guarantees.require(member.catalog().current(), BROKER_PATIENCE);
        }
        member.shardHistory().start();
        startReceivers(member);
        guarantees.start(member.catalog()::current);
        facade.began(member.serveTasks(
                NodeKinds.of(
                        member.catalog()::current,
                        member.history(),
                        member.wholeLog(),
                        member.matches(),
                        configuration.tasks(),
                        configuration.jms().connections()),
                RunnerSettings.of(
                        configuration.cluster().minimum(),
                        configuration.tasks().labels(),
                        configuration.tasks().redistributeAfter())));
        member.view().serving(true);
    }

    /** Returns how many shards the cluster went on with, when it started, from what its nodes had on their disks. */
    private static int goOnFromDisks(GridMember member) throws InterruptedException {
        return untilPossible(
                member,
                "It is not agreed yet what is restored",
                () -> member.shardHistory().restore());
    }

    /** The queries first: a shard keeps of its log what they need. */
    private void restore(GridMember member, int shardsFromDisks) throws InterruptedException {
        BackupReader from = backup;
        if (from == null) {
            return;
        }
        if (shardsFromDisks > 0) {
            LOG.warn(
                    "The backup {} is not restored: the cluster went on with {} shards from the disks of its nodes. To begin"
                            + " with the backup all the same, stop all nodes and move their folders node.data/history away",
                    from,
                    shardsFromDisks);
            return;
        }
        load(member, "catalog", () -> new CatalogLoader(member.catalog()).load(from.toString(), from.catalog()));
        load(
                member,
                "log",
                () -> LOG.info(
                        "Restored the logs of {} shards from {}; those of others were restored by another node, have events"
                                + " of their own, or have none in the backup",
                        member.restore(from),
                        from));
    }

    private static void load(GridMember member, String what, Runnable step) throws InterruptedException {
        untilPossible(member, "The " + what + " is not loaded yet", () -> {
            step.run();
            return what;
        });
    }

    /** Waits for others in between, hence no Callable, which throws anything. */
    private interface Step<T> {
        T run() throws InterruptedException;
    }

    /** Others may come and go while a cluster starts; what they make impossible is tried again. */
    private static <T> T untilPossible(GridMember member, String notYet, Step<T> step) throws InterruptedException {
        while (true) {
            try {
                return step.run();
            } catch (CatalogUnavailableException | ChangeAbortedException | LogUnavailableException e) {
                LOG.warn("{}: {}", notYet, e.getMessage());
                Thread.sleep(LOAD_AGAIN.toMillis());
                member.gate().awaitOpen(LOOK_AGAIN);
            }
        }
    }

    private GridMember joinGrid() {
        NodeConfiguration.Cluster cluster = configuration.cluster();
        GridSettings settings = new GridSettings(
                cluster.name(),
                configuration.node().name(),
                cluster.bind(),
                cluster.port(),
                cluster.members(),
                cluster.backups(),
                cluster.shards(),
                cluster.minimum(),
                roles().contains(NodeRole.COMPUTE),
                roles().contains(NodeRole.RECEIVER),
                cluster.feed());
        ShardSettings shards = new ShardSettings(
                cluster.dedupeWindow(),
                ShardSettings.DEFAULT.unconfirmedMaxAge(),
                ReceiverSettings.MOST_OPEN,
                new ThreadStopwatch());
        GridMember member = GridMember.join(
                settings,
                api.url(),
                shards,
                faultPoints.around(new EsperQueryCompiler()),
                () -> CatalogLoader.likely(configuration.catalog()),
                configuration.node().data(),
                configuration.history(),
                step -> {
                    crashPoints.pass(step);
                    stallPoint.pass(step);
                },
                cluster.tickInterval(),
                tickQueue(),
                this::receiverStatus,
                guarantees);
        grid = member;
        return member;
    }

    private Set<NodeRole> roles() {
        return configuration.node().roles();
    }

    private String scrape() {
        refreshMeters.run();
        return meters.scrape();
    }

    /** The sender comes only with the receivers, when this node has joined. */
    private TickQueue tickQueue() {
        return new TickQueue() {
            @Override
            public void offer(String payload) {
                TickSender sender = ticks;
                if (sender != null) {
                    sender.offer(payload);
                }
            }

            @Override
            public boolean order(String payload) {
                TickSender sender = ticks;
                return sender != null && sender.order(payload);
            }
        };
    }

    private List<ReceiverStatus> receiverStatus() {
        return receivers.stream().map(Receiver::status).toList();
    }

    private void startReceivers(GridMember member) {
        Optional<String> main = configuration.jms().main();
        if (main.isEmpty()) {
            LOG.warn(
                    "This node has no JMS connection: it evaluates what others receive, but timers of its shards wait for"
                            + " the next event. Name a connection in jms.connections");
            return;
        }
        ConnectionSettings tickConnection = connection(main.get());
        String tickQueue = "evenkeel." + configuration.cluster().name() + ".ticks";
        ticks = new TickSender(tickConnection, tickQueue, meters);
        if (!roles().contains(NodeRole.RECEIVER)) {
            LOG.info("This node has not the role receiver: it evaluates what others receive");
            return;
        }
        if (configuration.jms().receivers().isEmpty()) {
            LOG.info("This node has no receivers: it evaluates what others receive");
            return;
        }
        ReceiverPorts ports = new ReceiverPorts(
                configuration.node().name(),
                new CatalogDecoding(member.catalog()::current),
                new ReceiverBridge(member.router(), member.progress(), member.feed(), tickQueue, notPersistent()),
                faultPoints.around(gate(member.gate())),
                crashPoints::pass,
                meters,
                Clock.systemUTC());
        configuration.jms().receivers().values().forEach(receiver -> {
            ConnectionSettings connection = connection(receiver.connection());
            receivers.add(new Receiver(connection, receiver.settings(), ports));
            if (receiver.settings().ordering() == Ordering.RELAXED) {
                receivers.add(new Receiver(connection, receiver.settings().ofDetour(), ports));
            }
        });
        receivers.add(new Receiver(tickConnection, ReceiverSettings.ofTicks(tickQueue), ports));
        receivers.forEach(Receiver::start);
    }

    /** Destinations of senders that ask for it; to all others matches are persistent. */
    private Set<String> notPersistent() {
        return configuration.jms().senders().values().stream()
                .filter(sender -> !sender.persistent())
                .map(sender -> sender.destination().toString())
                .collect(Collectors.toSet());
    }

    private ConnectionSettings connection(String name) {
        ConnectionSettings connection = configuration.jms().connections().get(name);
        if (connection == null) {
            throw new IllegalStateException("A checked configuration names its connections. connection=" + name);
        }
        return connection;
    }

    private static CommitGate gate(GridGate gate) {
        return new CommitGate() {
            @Override
            public boolean awaitOpen(Duration limit) throws InterruptedException {
                return gate.awaitOpen(limit);
            }

            @Override
            public boolean open() {
                return gate.open();
            }
        };
    }

    /** URL of this node's HTTP API. */
    public String url() {
        return api.url();
    }

    /** Finishes what was received, hands over what this node holds, and leaves. Blocks. */
    @Override
    public void close() {
        LOG.info("Stops. What was received is finished first");
        guarantees.close();
        GridMember member = grid;
        if (member != null) {
            member.view().serving(false);
        }
        stopReceivers();
        TickSender sender = ticks;
        if (sender != null) {
            sender.close();
        }
        if (member != null) {
            LOG.info("Hands over what this node holds, and leaves");
            member.close();
        }
        api.close();
        LOG.info("Stopped");
    }

    /** All at once, since each may take as long as its batch. */
    private void stopReceivers() {
        List<Thread> stops = new ArrayList<>();
        for (Receiver receiver : receivers) {
            Thread stop = new Thread(
                    () -> stop(receiver), "evenkeel-stop-" + receiver.status().name());
            stop.start();
            stops.add(stop);
        }
        for (Thread stop : stops) {
            try {
                stop.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void stop(Receiver receiver) {
        try {
            receiver.stop(DRAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
