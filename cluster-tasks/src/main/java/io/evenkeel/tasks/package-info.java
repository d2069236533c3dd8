// SPDX-License-Identifier: Apache-2.0
/**
 * Work that the cluster does beside its queries: tasks, which go on until somebody deletes them, and jobs, which end. Each
 * is done by one node at a time (or by as many as it asks for), and by another one when that dies.
 *
 * <p>Who does what follows from who is there ({@link io.evenkeel.tasks.assign}); what is to be done and how far it has come
 * is kept in the grid ({@link io.evenkeel.tasks.record}); each node does its part ({@link io.evenkeel.tasks.run}).
 */
@NullMarked
package io.evenkeel.tasks;

import org.jspecify.annotations.NullMarked;
