// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

/** How far a change has come. */
public enum ChangeState {
    /** Nodes are being asked whether they could run it. */
    PREPARING,
    /** In force, for ever. Nodes that did not run it yet will. */
    COMMITTED,
    /** Undone before it came into force. A repeat under the same id is another attempt. */
    ABORTED,
    /** All was as it should be already. */
    UNCHANGED
}
