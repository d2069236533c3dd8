// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

/**
 * What a node says.
 *
 * @param outcome  with the node's name
 * @param era      see {@link RegisterState}; of what it runs, or keeps
 * @param revision of the catalog that it runs, or keeps
 * @param hash     of that catalog
 */
public record Answer(NodeOutcome outcome, long era, long revision, String hash) {
    public Answer {
        requireNonNull(outcome, "outcome");
        requireNonNull(hash, "hash");
    }

    /** For a node that does not speak for itself. */
    public static Answer about(String node, NodeState state, String message) {
        return new Answer(new NodeOutcome(node, state, "", message), 0, 0, "");
    }

    NodeState state() {
        return outcome.state();
    }
}
