// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

/** What a node says of a change. */
public enum NodeState {
    /** Could run it: compiled, and deployed into a runtime that was thrown away. */
    PREPARED,
    /** Runs it, in all of its shards, and has it on disk. */
    APPLIED,
    /** Has just joined, and will read the catalog before it serves. */
    STARTING,
    /** Could not. */
    FAILED,
    /** Has not heard of it. */
    UNKNOWN,
    /** Is no member any more. */
    LEFT,
    /** Said nothing in time. */
    SILENT
}
