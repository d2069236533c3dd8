// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

/** How a node stands, as all nodes read it in the grid. Only a {@link #MEMBER} takes tasks. */
public enum NodeState {
    /** In the grid, and does not serve yet. */
    JOINING,
    /** Serves. */
    MEMBER,
    /** In the grid, and has given no sign of life for some seconds. */
    SUSPECT,
    /** About to stop, by order. */
    LEAVING,
    /** Back after it was suspect or died: takes nothing before it has shown for some seconds that it stays. */
    REHAB,
    /** Not in the grid. */
    ABSENT
}
