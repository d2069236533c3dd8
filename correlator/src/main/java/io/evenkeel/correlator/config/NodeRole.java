// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

/** What a node does in the cluster; by default both. A cluster needs nodes of both. */
public enum NodeRole {
    /** Takes messages from queues, and publishes the matches of what it took. */
    RECEIVER,
    /** Owns shards: evaluates events, and holds copies of the log. */
    COMPUTE
}
