// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import static java.util.Objects.requireNonNull;

import io.evenkeel.tasks.assign.NodeState;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a node tells of itself again and again, and what others note when it does not.
 *
 * @param member  id of its membership of the grid: another one after each restart
 * @param beat    rises while it lives
 * @param sinceMs since when it is in this state, ms since the epoch
 */
public record Presence(String node, String member, NodeState state, Set<String> labels, long beat, long sinceMs) {
    private static final String PREFIX = "node/";

    public Presence {
        requireNonNull(node, "node");
        requireNonNull(member, "member");
        requireNonNull(state, "state");
        labels = Collections.unmodifiableSortedSet(new TreeSet<>(labels));
    }

    public static String prefix() {
        return PREFIX;
    }

    public static String keyOf(String node) {
        return PREFIX + node;
    }

    public Presence in(NodeState next, long now) {
        return next == state ? this : new Presence(node, member, next, labels, beat, now);
    }

    /** In the same state, from now on. */
    public Presence again(long now) {
        return new Presence(node, member, state, labels, beat, now);
    }

    public Presence beaten() {
        return new Presence(node, member, state, labels, beat + 1, sinceMs);
    }

    public Presence of(String newMember, Collection<String> newLabels) {
        return new Presence(node, newMember, state, new TreeSet<>(newLabels), beat, sinceMs);
    }
}
