// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.NodeCatalog;
import io.evenkeel.correlator.guarantee.Fact;
import io.evenkeel.correlator.guarantee.GuaranteeWatch;
import io.evenkeel.correlator.guarantee.Guarantees;
import io.evenkeel.correlator.guarantee.Weakening;
import io.evenkeel.correlator.guarantee.Weakness;
import io.evenkeel.correlator.http.ClusterStatus;
import io.evenkeel.correlator.http.ClusterStatus.ReceiverRow;
import io.evenkeel.correlator.http.ClusterStatus.ShardRow;
import io.evenkeel.correlator.http.ClusterView;
import io.evenkeel.correlator.http.InstanceTrouble;
import io.evenkeel.jms.ReceiverStatus;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.GridGate;
import io.evenkeel.runtime.hazelcast.GridSettings;
import io.evenkeel.runtime.hazelcast.ShardHistory;
import io.evenkeel.runtime.hazelcast.ShardHost;
import io.evenkeel.runtime.hazelcast.Tick;
import io.evenkeel.runtime.hazelcast.TickQueue;
import io.evenkeel.runtime.shard.InstanceError;
import io.evenkeel.runtime.shard.Order;
import io.evenkeel.runtime.shard.ShardStatus;
import io.evenkeel.runtime.shard.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The cluster as this node sees it: asks every member, and says which did not answer. */
public final class GridView implements ClusterView {
    private static final String CONTEXT = "evenkeel.view";
    private static final long PATIENCE_MS = 1_000;
    private static final long STARTED_MS = ProcessHandle.current()
            .info()
            .startInstant()
            .map(Instant::toEpochMilli)
            .orElse(0L);
    private static final JsonMapper JSON = new JsonMapper();

    private final HazelcastInstance grid;
    private final GridSettings settings;
    private final GridGate gate;
    private final ShardHost host;
    private final NodeCatalog catalog;
    private final Supplier<List<ReceiverStatus>> receivers;
    private final GuaranteeWatch guarantees;
    private final TickQueue ticks;
    private final ShardHistory history;
    private volatile boolean serving;

    public GridView(
            HazelcastInstance grid,
            GridSettings settings,
            GridGate gate,
            ShardHost host,
            NodeCatalog catalog,
            Supplier<List<ReceiverStatus>> receivers,
            GuaranteeWatch guarantees,
            TickQueue ticks,
            ShardHistory history) {
        this.grid = grid;
        this.settings = settings;
        this.gate = gate;
        this.host = host;
        this.catalog = catalog;
        this.receivers = receivers;
        this.guarantees = guarantees;
        this.ticks = ticks;
        this.history = history;
        grid.getUserContext().put(CONTEXT, this);
    }

    static @Nullable GridView of(@Nullable HazelcastInstance grid) {
        return grid == null ? null : (GridView) grid.getUserContext().get(CONTEXT);
    }

    /** Says whether the catalog is loaded and the receivers run. */
    public void serving(boolean nowServing) {
        serving = nowServing;
    }

    @Override
    public boolean ready() {
        return serving && gate.open() && catalog.trouble().isEmpty() && hasReceiver();
    }

    /** Of the other role the gate tells. */
    private boolean hasReceiver() {
        return liveMembers().stream().anyMatch(Grid::receives);
    }

    NodeReport ownReport() {
        List<ShardRow> shards = host.status().stream().map(this::row).toList();
        List<ReceiverRow> rows = receivers.get().stream().map(this::row).toList();
        return new NodeReport(
                settings.node(),
                ProcessHandle.current().pid(),
                STARTED_MS,
                catalog.bytes().revision(),
                catalog.bytes().hash(),
                shards,
                rows,
                ownGuarantees());
    }

    private ShardRow row(ShardStatus shard) {
        return new ShardRow(
                shard.shard(),
                settings.node(),
                shard.epoch(),
                shard.sequence(),
                shard.unconfirmed(),
                shard.batches(),
                shard.quarantines().size());
    }

    private ReceiverRow row(ReceiverStatus receiver) {
        return new ReceiverRow(
                settings.node(),
                receiver.name(),
                receiver.queue(),
                receiver.phase().name(),
                receiver.received(),
                receiver.committed(),
                receiver.rejected(),
                receiver.redelivered(),
                receiver.rolledBack(),
                receiver.lastFailure());
    }

    @Override
    public ClusterStatus status() {
        List<String> reasons = new ArrayList<>(gate.reasons());
        if (!serving) {
            reasons.add("this node is still starting, or is stopping");
        }
        if (!catalog.trouble().isEmpty()) {
            reasons.add(catalog.trouble());
        }
        for (int shard : gate.lostShards()) {
            reasons.add("shard " + shard + " lost its history: more nodes died at once than there are backups");
        }
        List<ShardRow> shards = new ArrayList<>();
        List<ReceiverRow> rows = new ArrayList<>();
        List<ClusterStatus.Member> members = List.of();
        Guarantees promised = Guarantees.UNKNOWN;
        try {
            List<NodeReport> reports = reports(reasons);
            for (NodeReport report : reports) {
                shards.addAll(report.shards());
                rows.addAll(report.receivers());
            }
            members = members(reports);
            promised = together(reports);
            if (!hasReceiver()) {
                reasons.add("no node with the role receiver is here: events wait in their queues");
            }
        } catch (HazelcastInstanceNotActiveException | RejectedExecutionException e) {
            // A stopping node answers to the end, so that whoever asks learns why it is not ready.
            reasons.add("this node has left the grid");
        }
        shards.sort(Comparator.comparingInt(ShardRow::id));
        rows.sort(Comparator.comparing(ReceiverRow::name).thenComparing(ReceiverRow::node));
        return new ClusterStatus(
                settings.cluster(),
                settings.node(),
                gate.open(),
                reasons,
                catalog.bytes().revision(),
                members,
                shards,
                rows,
                promised);
    }

    /** What an instance threw in the shards of this node, as JSON. */
    String ownTroubles(String query, String instance) {
        InstanceId id = new InstanceId(query, instance);
        List<InstanceTrouble> troubles = new ArrayList<>();
        for (ShardStatus shard : host.status()) {
            for (Trouble trouble : shard.troubles()) {
                if (trouble.instance().equals(id)) {
                    troubles.add(new InstanceTrouble(
                            trouble.shard(),
                            trouble.key(),
                            trouble.errors(),
                            trouble.quarantined(),
                            trouble.latest().stream().map(GridView::failure).toList()));
                }
            }
        }
        try {
            return JSON.writeValueAsString(troubles);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Errors are plain data and can be written", e);
        }
    }

    private static InstanceTrouble.Failure failure(InstanceError error) {
        return new InstanceTrouble.Failure(
                error.cause(), error.exception(), error.message(), error.stack(), error.event(), error.engineTimeMs());
    }

    @Override
    public List<InstanceTrouble> troubles(String query, String instance) {
        List<Future<String>> asked = new ArrayList<>();
        for (Member member : grid.getCluster().getMembers()) {
            asked.add(grid.getExecutorService(Grid.CONTROL).submitToMember(new TroubleTask(query, instance), member));
        }
        List<InstanceTrouble> troubles = new ArrayList<>();
        for (Future<String> answer : asked) {
            try {
                troubles.addAll(List.of(
                        JSON.readValue(answer.get(PATIENCE_MS, TimeUnit.MILLISECONDS), InstanceTrouble[].class)));
            } catch (ExecutionException | TimeoutException | JsonProcessingException e) {
                // A list with a gap would read as if all were well.
                throw new CatalogUnavailableException(
                        "Expected every node to tell what " + query + "/" + instance + " threw, but one did not: " + e,
                        Duration.ofSeconds(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CatalogUnavailableException(
                        "Expected to gather what " + query + "/" + instance + " threw, but this node stops",
                        Duration.ofSeconds(1));
            }
        }
        troubles.sort(Comparator.comparingInt(InstanceTrouble::shard).thenComparing(InstanceTrouble::key));
        return troubles;
    }

    @Override
    public void order(int shard, String query, String instance, String key, String order) {
        Tick.Decision decision = new Tick.Decision(query, instance, key, Order.valueOf(order), "");
        if (!ticks.order(Tick.of(shard, decision).payload())) {
            throw new CatalogUnavailableException(
                    "Expected to send the order " + order + " for " + query + "/" + instance
                            + " to the tick queue, but this"
                            + " node has no connection to a broker, or thousands of orders wait for it. Repeat it later.",
                    Duration.ofSeconds(5));
        }
    }

    private List<NodeReport> reports(List<String> reasons) {
        Map<Member, Future<String>> asked = new LinkedHashMap<>();
        for (Member member : grid.getCluster().getMembers()) {
            if (!member.localMember()) {
                asked.put(member, grid.getExecutorService(Grid.CONTROL).submitToMember(new ReportTask(), member));
            }
        }
        List<NodeReport> reports = new ArrayList<>(List.of(ownReport()));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        asked.forEach((member, answer) -> {
            try {
                reports.add(
                        NodeReport.parse(answer.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)));
            } catch (ExecutionException | TimeoutException e) {
                reasons.add("node " + Grid.nameOf(member) + " did not answer within " + PATIENCE_MS + " ms");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                reasons.add("the question to node " + Grid.nameOf(member) + " was interrupted");
            }
        });
        return reports;
    }

    private List<ClusterStatus.Member> members(List<NodeReport> reports) {
        Map<String, NodeReport> byName = new HashMap<>();
        reports.forEach(report -> byName.put(report.node(), report));
        List<ClusterStatus.Member> members = new ArrayList<>();
        for (Member member : grid.getCluster().getMembers()) {
            @Nullable NodeReport report = byName.get(Grid.nameOf(member));
            members.add(new ClusterStatus.Member(
                    Grid.nameOf(member),
                    member.getAddress().getHost() + ":" + member.getAddress().getPort(),
                    member.getAttribute(Grid.HTTP_ATTRIBUTE),
                    report == null ? null : report.catalogRevision(),
                    report == null ? null : report.catalogHash(),
                    roles(member),
                    report == null ? null : report.pid(),
                    report == null ? null : report.startedMs()));
        }
        members.sort(Comparator.comparing(ClusterStatus.Member::name));
        return members;
    }

    /** None when this node has left the grid. */
    private Collection<Member> liveMembers() {
        try {
            return grid.getCluster().getMembers();
        } catch (HazelcastInstanceNotActiveException left) {
            return List.of();
        }
    }

    private static List<String> roles(Member member) {
        List<String> roles = new ArrayList<>();
        if (Grid.receives(member)) {
            roles.add("receiver");
        }
        if (Grid.computes(member)) {
            roles.add("compute");
        }
        return roles;
    }

    @Override
    public List<Weakness> weaknesses(String query) {
        return guarantees.of(query);
    }

    /** What this node knows of its own configuration, and of what is on its disk. */
    private Guarantees ownGuarantees() {
        List<Weakness> weaknesses = new ArrayList<>();
        catalog.findings()
                .forEach(finding -> weaknesses.add(Weakening.CATALOG_FILE.at(settings.node(), "node.data", finding)));
        if (!history.trouble().isEmpty()) {
            weaknesses.add(Weakening.HISTORY_BEHIND.at(settings.node(), "node.data/history", history.trouble()));
        }
        if (!history.finding().isEmpty()) {
            weaknesses.add(Weakening.HISTORY_SET_ASIDE.at(settings.node(), "node.data/history", history.finding()));
        }
        return guarantees.now().and(Guarantees.of(List.of(), weaknesses));
    }

    /** What all nodes say, and in what they differ. */
    private Guarantees together(List<NodeReport> reports) {
        Collection<Member> live = liveMembers();
        List<Fact> facts = List.of(
                new Fact(
                        "members",
                        settings.node(),
                        live.size() + " of " + settings.members().size()),
                new Fact(
                        "copies",
                        settings.node(),
                        gate.open() ? "each log entry is on " + (settings.backups() + 1) + " nodes" : "incomplete"),
                new Fact("commits", settings.node(), gate.open() ? "go on" : "wait"));
        List<Weakness> weaknesses = new ArrayList<>();
        for (Member member : live) {
            String feed = Grid.feedOf(member);
            if (!feed.equals(Integer.toString(settings.feed()))) {
                weaknesses.add(Weakening.FEED_DIFFERS.at(
                        settings.node(),
                        "cluster.feed",
                        settings.feed() + " here and " + feed + " on node " + Grid.nameOf(member)));
            }
        }
        Guarantees all = Guarantees.of(facts, weaknesses);
        for (NodeReport report : reports) {
            all = all.and(report.guarantees());
            for (Fact fact : report.guarantees().facts()) {
                if (fact.name().equals("cluster.backups") && !fact.value().equals(String.valueOf(settings.backups()))) {
                    all = all.and(Guarantees.of(
                            List.of(),
                            List.of(Weakening.BACKUPS_DIFFER.at(
                                    settings.node(),
                                    "cluster.backups",
                                    settings.backups() + " here and " + fact.value() + " on node " + fact.node()))));
                }
            }
        }
        return all;
    }
}
