// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

/**
 * What a node said of a change.
 *
 * @param node    name of the node
 * @param error   class of what went wrong; empty: nothing
 * @param message what went wrong, in words; empty: nothing
 */
public record NodeOutcome(String node, NodeState state, String error, String message) {
    /** It is kept for each change that was tried together. */
    private static final int LONGEST_MESSAGE = 2_000;

    public NodeOutcome {
        requireNonNull(node, "node");
        requireNonNull(state, "state");
        requireNonNull(error, "error");
        requireNonNull(message, "message");
    }

    static NodeOutcome of(String node, NodeState state) {
        return new NodeOutcome(node, state, "", "");
    }

    static NodeOutcome failed(String node, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return new NodeOutcome(
                node,
                NodeState.FAILED,
                failure.getClass().getName(),
                message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "..." : message);
    }

    @Override
    public String toString() {
        return node + " " + state + (error.isEmpty() && message.isEmpty() ? "" : " (" + error + ": " + message + ")");
    }
}
