// SPDX-License-Identifier: Apache-2.0
/**
 * What each node does: it looks who is there and what is wanted, begins what it is responsible for, and lets go of the
 * rest.
 *
 * <p><b>One at a time.</b> A node takes over only what its owner has released, or what belongs to one that the grid has
 * removed. A node that was frozen or cut off does nothing before it has looked again: its {@linkplain
 * io.evenkeel.tasks.run.Certainty certainty} is older than three seconds then, and the grid removes it after five. What it had
 * begun in that instant, it may end: so effects outside the grid must bear repetition, and all writes in the grid carry a
 * fence.
 *
 * <p>Start at {@link io.evenkeel.tasks.run.TaskRunner#step} for a node, {@link io.evenkeel.tasks.run.ClusterTasks} for
 * whoever wants something done, {@link io.evenkeel.tasks.run.TaskKind} for whoever adds a kind.
 */
@NullMarked
package io.evenkeel.tasks.run;

import org.jspecify.annotations.NullMarked;
