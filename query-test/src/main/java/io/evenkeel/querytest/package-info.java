// SPDX-License-Identifier: Apache-2.0
/**
 * A trial: definitions against sample events, in one thread and on a simulated clock, without broker, grid and cluster.
 *
 * <p>What runs is the same code as in a cluster: the real compiler, the real {@linkplain io.evenkeel.runtime.shard.Shard
 * shard} with a log in memory, ticks whenever a timer is due. What differs: there is one shard, nothing is delivered
 * twice, and time stands still until a test moves it.
 *
 * <p>Start reading at {@link io.evenkeel.querytest.QueryTrial}; tests with JUnit begin at {@link
 * io.evenkeel.querytest.junit.EvenkeelTest}. Events and expected matches are lines of JSON ({@link
 * io.evenkeel.querytest.EventLines}, {@link io.evenkeel.querytest.ExpectedMatch}).
 */
@NullMarked
package io.evenkeel.querytest;

import org.jspecify.annotations.NullMarked;
