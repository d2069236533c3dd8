// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/** Points of the protocol that an owner passes; where crash points are armed. */
public enum OwnerStep {
    /**
     * A request has come, and nothing is done about it. Where it is not the first one of a strict receiver, the answers to those
     * before it have arrived: that receiver may be at their commit.
     */
    ASKED,
    /** A shard is this node's own, as far as it knows, and nothing of the request is logged. Once for each shard of a request. */
    SEATED,
    /** A log entry is on the owner and its backups; the engines may not have seen it yet. Once for each shard of a request. */
    APPENDED,
    /** The engines have seen the request; some of its log entries may still be on their way. */
    APPLIED,
    /** All is logged and applied, and the answer is about to go to the receiver. */
    REPLIED
}
