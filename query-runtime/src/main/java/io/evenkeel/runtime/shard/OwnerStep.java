// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/** Points of the protocol that an owner passes; where crash points are armed. */
public enum OwnerStep {
    /** The log entries are on the owner and its backups. */
    APPENDED,
    /** The matches are known. */
    APPLIED,
    /** The answer is about to go to the receiver. */
    REPLIED
}
