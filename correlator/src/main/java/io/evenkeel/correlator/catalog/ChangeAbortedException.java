// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

/** A change was undone before it came into force: a node could not prepare it, or left. Nothing changed on any node. */
public final class ChangeAbortedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ChangeRecord outcome;

    public ChangeAbortedException(ChangeRecord outcome) {
        super(outcome.reason());
        this.outcome = requireNonNull(outcome, "outcome");
    }

    /** With what each node said. */
    public ChangeRecord outcome() {
        return outcome;
    }

    /** True if a node said that it cannot; then a repeat will not help. */
    public boolean refusedByNode() {
        return outcome.nodes().stream().anyMatch(node -> node.state() == NodeState.FAILED);
    }
}
