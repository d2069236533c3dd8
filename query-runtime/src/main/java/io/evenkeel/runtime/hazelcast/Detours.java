// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The shards whose events the relaxed receivers of this node send on a detour: those that have a copy on a node which is
 * silent. They cannot log anything until it answers or is replaced, and everybody else's events would wait for them.
 *
 * <p>Thread-safe; each queue is the affair of its receiver's thread.
 */
final class Detours {
    /** How long a relaxed batch waits for who is only suspected; who has been silent for so long is not waited for. */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    /** When a batch has waited so long its owners are asked for a sign of life. */
    static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Who owes a sign of life for so long is silent. */
    static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long ANSWERED_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** After a detour because of a node that was only slow. A detour costs a rollback, and a slow node is not helped by it. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final HazelcastInstance grid;
    private final ShardPlaces places;
    private final int backups;
    private final int minimum;
    private final HeardNodes heard;
    private final Map<String, Detour> open = new ConcurrentHashMap<>();
    private final Map<String, Long> quiet = new ConcurrentHashMap<>();

    /**
     * @param silent  the nodes that did not answer
     * @param firstMs ingress time of the oldest event that took it; {@link Long#MAX_VALUE} for none yet
     */
    private record Detour(SortedSet<Integer> shards, Set<UUID> silent, long firstMs, long begunNanos) {}

    Detours(HazelcastInstance grid, ShardPlaces places, int backups, int minimum) {
        this.grid = grid;
        this.places = places;
        this.backups = backups;
        this.minimum = minimum;
        this.heard = HeardNodes.of(grid);
    }

    /** The shards of a queue's detour; none if there is no detour. */
    SortedSet<Integer> shards(String queue) {
        Detour detour = open.get(queue);
        return detour == null ? Collections.emptySortedSet() : detour.shards();
    }

    /** Asks the other nodes for a sign of life. Does not wait for it. */
    void ask() {
        heard.ask();
    }

    /**
     * The shards with a copy on a node that has owed a sign of life for so long, whoever asked for it; none if so many are silent
     * that this node may itself be the one that is cut off, or that a shard may have lost all its copies.
     */
    SortedSet<Integer> suspects(long silentNanos) {
        return places.withCopyOn(heard.silentFew(silentNanos, backups, minimum), backups);
    }

    /** Notes that a node answered a request that was sent at that instant. */
    void answers(Member node, long askedNanos) {
        heard.answers(node.getUuid(), askedNanos);
    }

    /**
     * Adds what has a copy on a node that is silent.
     *
     * @param silentNanos for how long at least
     * @return false if there is nothing to add: then it is not silence that holds the batch up
     */
    boolean begin(String queue, long silentNanos) {
        Set<UUID> nodes = heard.silentFew(silentNanos, backups, minimum);
        SortedSet<Integer> shards = places.withCopyOn(nodes, backups);
        Detour before = open.get(queue);
        if (before != null) {
            nodes = new HashSet<>(nodes);
            nodes.addAll(before.silent());
            shards.addAll(before.shards());
        }
        boolean more = shards.size() > shards(queue).size();
        if (more) {
            open.put(
                    queue,
                    new Detour(
                            Collections.unmodifiableSortedSet(shards),
                            Set.copyOf(nodes),
                            before == null ? Long.MAX_VALUE : before.firstMs(),
                            System.nanoTime()));
        }
        return more;
    }

    /** Whether a node was taken for silent a moment ago and was not: then batches wait as if there were no detour. */
    boolean isQuiet(String queue) {
        Long until = quiet.get(queue);
        return until != null && System.nanoTime() - until < 0;
    }

    /** Notes that an event takes the detour. */
    void took(String queue, long ingressMs) {
        open.computeIfPresent(
                queue,
                (name, detour) -> ingressMs < detour.firstMs()
                        ? new Detour(detour.shards(), detour.silent(), ingressMs, detour.begunNanos())
                        : detour);
    }

    /** Ingress time of the oldest event that took the detour of a queue; {@link Long#MAX_VALUE} for none. */
    long first(String queue) {
        Detour detour = open.get(queue);
        return detour == null ? Long.MAX_VALUE : detour.firstMs();
    }

    /** Whether each node that was silent answers again, or is not a member any more. */
    boolean mayEnd(String queue) {
        Detour detour = open.get(queue);
        if (detour == null) {
            return false;
        }
        heard.ask();
        Set<UUID> members = members();
        // What was answered before they fell silent tells nothing.
        long since = Math.max(detour.begunNanos(), System.nanoTime() - ANSWERED_NANOS);
        return detour.silent().stream().allMatch(node -> !members.contains(node) || heard.answersSince(node, since));
    }

    void end(String queue) {
        Detour ended = open.remove(queue);
        if (ended != null && members().containsAll(ended.silent())) {
            quiet.put(queue, System.nanoTime() + QUIET_NANOS);
        }
    }

    /** For people: who did not answer. */
    String silentNodes(String queue) {
        Detour detour = open.get(queue);
        return grid.getCluster().getMembers().stream()
                .filter(member -> detour != null && detour.silent().contains(member.getUuid()))
                .map(Grid::nameOf)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private Set<UUID> members() {
        return grid.getCluster().getMembers().stream().map(Member::getUuid).collect(Collectors.toSet());
    }
}
