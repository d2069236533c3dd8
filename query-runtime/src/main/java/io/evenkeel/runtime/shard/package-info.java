// SPDX-License-Identifier: Apache-2.0
/**
 * A shard: the log of its causes and the state that follows from it.
 *
 * <p>State is a function of the retained log and the current instances (I2). So recovery, rebalancing, a changed
 * instance and a new version of a query are one operation: replay. Nothing here reads a clock, draws a random number,
 * starts a thread or talks to the network; {@link io.evenkeel.runtime.shard.ShardLog} is where the grid begins.
 *
 * <p>Start reading at {@link io.evenkeel.runtime.shard.Shard#begin}. Underneath stand three parts: {@code Deliveries}
 * knows which causes are logged and not yet confirmed, {@code QuerySlot} runs the instances of one query, and
 * {@code Retention} knows from which sequence on the log is still needed.
 */
@NullMarked
package io.evenkeel.runtime.shard;

import org.jspecify.annotations.NullMarked;
