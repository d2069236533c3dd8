// SPDX-License-Identifier: Apache-2.0
/**
 * A shard: the log of its causes and the state that follows from it.
 *
 * <p>State is a function of the retained log and the current instances (I2). So recovery, rebalancing, a changed
 * instance and a new version of a query are one operation: replay. Nothing here reads a clock, draws a random number,
 * starts a thread or talks to the network; {@link io.evenkeel.runtime.shard.ShardLog} is where the grid begins.
 *
 * <p>Start reading at {@link io.evenkeel.runtime.shard.Shard#begin}. Underneath stand: {@code Deliveries}, which knows
 * which causes are logged and not yet confirmed; {@code Execution}, which shows causes to queries, live or in a replay;
 * {@code QuerySlot}, which runs the instances of one query by the clock of that query, and holds events that are ahead of
 * it; {@code Retention}, which knows what of the log is still needed; and {@code Isolation}, which knows what instances
 * threw and are not shown any more.
 */
@NullMarked
package io.evenkeel.runtime.shard;

import org.jspecify.annotations.NullMarked;
