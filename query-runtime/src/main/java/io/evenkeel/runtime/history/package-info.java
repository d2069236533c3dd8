// SPDX-License-Identifier: Apache-2.0
/**
 * What a node keeps on its disk of the logs of which it has a copy, so that the end of all nodes does not end the windows.
 *
 * <p>A {@linkplain io.evenkeel.runtime.history.HistoryStore store} takes rounds: each is on the disk as a whole or not at all,
 * and knows nothing of the grid and of what a batch is. Who writes the rounds, and who reads them when all nodes start again,
 * is in {@code runtime.hazelcast}. Start at {@link io.evenkeel.runtime.history.HistoryFolder}.
 */
@NullMarked
package io.evenkeel.runtime.history;

import org.jspecify.annotations.NullMarked;
