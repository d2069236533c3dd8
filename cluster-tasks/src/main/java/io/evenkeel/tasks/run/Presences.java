// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.assign.NodeState;
import io.evenkeel.tasks.assign.NodeView;
import io.evenkeel.tasks.assign.Topology;
import io.evenkeel.tasks.record.Presence;
import io.evenkeel.tasks.record.RecordCodec;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskStore;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the others that this node lives, notes who does not, and says who is there. States are kept in the grid, so that
 * all nodes see the same ones. For one thread.
 *
 * <pre>
 * JOINING --> MEMBER <--> LEAVING        (others:) SUSPECT after some seconds of silence,
 *               |  ^                               ABSENT when the grid has removed it
 *               v  |
 *       SUSPECT --> REHAB                 ABSENT --> REHAB when it comes back
 * </pre>
 */
final class Presences {
    private static final Logger LOG = LoggerFactory.getLogger(Presences.class);

    private final TaskStore store;
    private final Members members;
    private final RunnerSettings settings;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Map<String, Beat> beats = new HashMap<>();

    private record Beat(String member, long beat, long seenNanos) {}

    Presences(TaskStore store, Members members, RunnerSettings settings, Clock clock, LongSupplier nanoTime) {
        this.store = store;
        this.members = members;
        this.settings = settings;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * One look.
     *
     * @param values  all that is in the store
     * @param leaving true: this node is about to stop
     */
    Topology step(Map<String, Stored> values, boolean leaving) {
        Map<String, String> here = members.all().stream()
                .collect(Collectors.toMap(Members.NodeRef::name, Members.NodeRef::id, (a, b) -> b));
        SortedMap<String, Presence> known = new TreeMap<>();
        Map<String, Stored> stored = new HashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(Presence.prefix())) {
                Presence presence = RecordCodec.decode(value.bytes(), Presence.class);
                known.put(presence.node(), presence);
                stored.put(presence.node(), value);
            }
        });
        Members.NodeRef self = members.self();
        known.put(self.name(), beat(self, stored.get(self.name()), leaving));
        known.replaceAll((node, presence) ->
                node.equals(self.name()) ? presence : judged(presence, here.get(node), stored.get(node)));
        SortedMap<String, NodeView> nodes = new TreeMap<>();
        here.forEach((node, id) -> nodes.put(node, new NodeView(node, NodeState.JOINING)));
        known.forEach((node, presence) -> {
            boolean absent = presence.state() == NodeState.ABSENT;
            if (absent ? !here.containsKey(node) : presence.member().equals(here.get(node))) {
                long absentMs = absent ? Math.max(0, clock.millis() - presence.sinceMs()) : 0;
                nodes.put(node, new NodeView(node, presence.state(), presence.labels(), absentMs));
            }
        });
        return new Topology(settings.minimum(), nodes, owners());
    }

    private List<String> owners() {
        return members.shardOwners();
    }

    private Presence beat(Members.NodeRef self, @Nullable Stored before, boolean leaving) {
        Stored present = before;
        while (true) {
            Presence next = present == null
                    ? new Presence(self.name(), self.id(), NodeState.MEMBER, settings.labels(), 1, clock.millis())
                    : next(RecordCodec.decode(present.bytes(), Presence.class), self, leaving);
            long stamp = present == null ? 0 : present.stamp();
            if (store.swap(Presence.keyOf(self.name()), stamp, new Stored(stamp + 1, RecordCodec.encode(next)))) {
                return next;
            }
            present = store.read(Presence.keyOf(self.name())).orElse(null);
        }
    }

    private Presence next(Presence before, Members.NodeRef self, boolean leaving) {
        long now = clock.millis();
        Presence mine = before.of(self.id(), settings.labels()).beaten();
        if (leaving) {
            return mine.in(NodeState.LEAVING, now);
        }
        boolean sameLife = before.member().equals(self.id());
        return switch (before.state()) {
            case MEMBER -> sameLife ? mine : mine.in(NodeState.REHAB, now);
            case REHAB -> {
                boolean stayed =
                        sameLife && now - before.sinceMs() >= settings.rehab().toMillis();
                yield stayed ? mine.in(NodeState.MEMBER, now) : sameLife ? mine : mine.again(now);
            }
            case JOINING, SUSPECT, LEAVING, ABSENT -> mine.in(NodeState.REHAB, now);
        };
    }

    /** What is to be thought of another node. @param id of its membership; null: it is not in the grid */
    private Presence judged(Presence presence, @Nullable String id, @Nullable Stored stored) {
        Set<NodeState> trusted = Set.of(NodeState.MEMBER, NodeState.REHAB);
        NodeState next = presence.state();
        if (!presence.member().equals(id)) {
            next = NodeState.ABSENT;
        } else if (trusted.contains(presence.state()) && silent(presence)) {
            next = NodeState.SUSPECT;
        }
        if (next == presence.state() || stored == null) {
            return presence;
        }
        Presence changed = presence.in(next, clock.millis());
        String key = Presence.keyOf(presence.node());
        if (store.swap(key, stored.stamp(), new Stored(stored.stamp() + 1, RecordCodec.encode(changed)))) {
            LOG.info("Node {} is {} and takes no tasks", presence.node(), next);
            return changed;
        }
        return presence;
    }

    private boolean silent(Presence presence) {
        long now = nanoTime.getAsLong();
        Beat last = beats.get(presence.node());
        if (last == null || last.beat() != presence.beat() || !last.member().equals(presence.member())) {
            beats.put(presence.node(), new Beat(presence.member(), presence.beat(), now));
            return false;
        }
        return now - last.seenNanos() >= settings.suspectAfter().toNanos();
    }

    /** After this node was away itself: what it has not heard meanwhile, it must not hold against others. */
    void forgetBeats() {
        beats.clear();
    }
}
