// SPDX-License-Identifier: Apache-2.0
/**
 * Which node is responsible for what: a pure function of a task and of the nodes that are there. Every node computes it for
 * itself, and all that see the same nodes come to the same answer; nobody is asked, and nobody decides.
 *
 * <p>Nodes are weighed by a hash of the task's name and their own (rendezvous hashing): when one goes, only what was its
 * own moves, and when one comes, only what it takes.
 *
 * <p>Start at {@link io.evenkeel.tasks.assign.Assignment#of}.
 */
@NullMarked
package io.evenkeel.tasks.assign;

import org.jspecify.annotations.NullMarked;
