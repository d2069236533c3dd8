// SPDX-License-Identifier: Apache-2.0
/**
 * Shards on a Hazelcast grid: where their logs are kept, who owns them, how a receiver reaches the owner, and when it is
 * safe to commit.
 *
 * <p>The grid has as many partitions as there are shards, and everything that belongs to a shard lies in the partition of
 * the same number: its owner is the partition's primary, and each write of the log is local to it. Only single-key
 * operations are used, since no others wait for the backups.
 *
 * <p>Start at {@link io.evenkeel.runtime.hazelcast.ShardHost} for the owner, {@link
 * io.evenkeel.runtime.hazelcast.ShardRouter} for the receiver's side.
 */
@NullMarked
package io.evenkeel.runtime.hazelcast;

import org.jspecify.annotations.NullMarked;
