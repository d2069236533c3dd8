// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

/** Steps of a change at which a node may be told to die, for tests. The first seven are of the node that runs it. */
public enum ChangeStep {
    VALIDATED,
    PREPARE_SENT,
    ALL_PREPARED,
    BEFORE_DECISION,
    AFTER_DECISION,
    BEFORE_APPLY,
    AFTER_APPLY,
    PREPARING,
    PREPARED,
    APPLYING
}
