// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

/** Steps of a task or job on a node, named so that a test can let the node die at one. */
public enum RunStep {
    /** A job is stored; nobody has been told its id. */
    SUBMITTED,
    /** This node has taken it over, and has done nothing yet. */
    TAKEN,
    /** A piece of a result is kept, and nothing names it. */
    PIECE_KEPT,
    /** A checkpoint is kept. */
    CHECKPOINTED,
    /** All is done, and nobody knows. */
    BEFORE_DONE,
    /** The cluster knows that it is done. */
    AFTER_DONE
}
