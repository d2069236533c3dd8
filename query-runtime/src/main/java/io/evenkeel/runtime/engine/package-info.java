// SPDX-License-Identifier: Apache-2.0
/**
 * What a shard needs from whatever evaluates queries, in words that name no product.
 *
 * <p>A {@linkplain io.evenkeel.runtime.engine.QueryCompiler compiler} turns a definition into a
 * {@linkplain io.evenkeel.runtime.engine.CompiledQuery compiled query}, which opens
 * {@linkplain io.evenkeel.runtime.engine.Engine engines}: one for each shard. An engine is a pure state machine (I2): it
 * reads no clock and starts no thread, so a shard that makes the same calls again gets the same emissions again. That is
 * all that recovery, rebalancing and changes of instances need.
 *
 * <p>Start reading at {@link io.evenkeel.runtime.engine.Engine}.
 */
@NullMarked
package io.evenkeel.runtime.engine;

import org.jspecify.annotations.NullMarked;
