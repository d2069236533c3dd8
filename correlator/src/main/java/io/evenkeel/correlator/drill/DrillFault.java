// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.drill;

/** What is done to a node. */
public enum DrillFault {
    /** {@code kill -9}: the process is gone, and is not started again. */
    KILL,
    /** {@code kill -STOP}, and {@code kill -CONT} after a while: the process keeps its connections and does nothing. */
    FREEZE,
    /** Nothing reaches the node, and nothing leaves it, for a while; it has a network of its own on this host. */
    CUT
}
