// SPDX-License-Identifier: Apache-2.0
/**
 * The kinds of tasks and jobs that a node knows, and the file in which it keeps them.
 *
 * <p>Each kind is one class: what its settings are, what its checkpoint means, and what a repetition does. Start at {@link
 * io.evenkeel.correlator.task.NodeKinds}.
 */
@NullMarked
package io.evenkeel.correlator.task;

import org.jspecify.annotations.NullMarked;
