// SPDX-License-Identifier: Apache-2.0
/**
 * A node as a whole: what is started in which order, how receivers reach shards, and where it may be made to crash.
 *
 * <p>Entry point: {@link io.evenkeel.correlator.node.Node#start}.
 */
@NullMarked
package io.evenkeel.correlator.node;

import org.jspecify.annotations.NullMarked;
