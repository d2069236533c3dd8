// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A node as others see it.
 *
 * @param labels   what its configuration says that it is good for
 * @param absentMs how long it has been gone; 0 unless it is absent
 */
public record NodeView(String name, NodeState state, Set<String> labels, long absentMs) {
    public NodeView {
        requireNonNull(name, "name");
        requireNonNull(state, "state");
        labels = Collections.unmodifiableSortedSet(new TreeSet<>(labels));
    }

    /** A node that has no labels. */
    public NodeView(String name, NodeState state) {
        this(name, state, Set.of(), 0);
    }

    boolean takes(Set<String> wanted) {
        return state == NodeState.MEMBER && labels.containsAll(wanted);
    }
}
